"""政策规则: `reading` reads the files, `compiled` tells how one row stands with one policy, `matching` how many stand with all, `claiming` what may follow from it."""
