"""Who comes, and through which door."""
