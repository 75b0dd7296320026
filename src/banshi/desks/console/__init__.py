"""The console: what the IT section and the developers type."""
