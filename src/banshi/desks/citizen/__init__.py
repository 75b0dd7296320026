"""群众端: everything that a person does for themself or for a firm, on a phone first, with or without JavaScript."""
