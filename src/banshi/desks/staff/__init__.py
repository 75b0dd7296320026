"""Staff's own door: sign-in, password, and the administration of accounts and posts."""
