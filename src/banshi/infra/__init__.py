"""What everything stands on: the write door, facts, outbox, files, keys, sessions, documents."""
