"""What stands outside: a folder each, with one Protocol and a demo to copy."""
