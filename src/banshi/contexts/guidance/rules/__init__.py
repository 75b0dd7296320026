"""导办规则: which question comes next, which answers count, what they come to; what a flow must not be."""
