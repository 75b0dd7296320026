"""One folder a field of the work. A context is entered only by its operations, queries, events and values."""
