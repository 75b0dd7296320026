"""An app of its own, as viewflow asks for: `flows` holds the flow."""
