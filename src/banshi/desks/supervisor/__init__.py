"""监察台: what is red, why, who holds it and since when; urging, and what the rules of supervision find."""
