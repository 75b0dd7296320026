"""政策规则: `matching` tells how a subject stands, `claiming` what may follow from it."""
