"""Settings, addresses, and the one table of who hears of what."""
