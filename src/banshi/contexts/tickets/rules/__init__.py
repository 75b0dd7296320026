"""工单规则: pure; no Django, no clock."""
