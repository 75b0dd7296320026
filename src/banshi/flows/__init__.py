"""What is carried across contexts. A flow translates; a decision about the business belongs in a context."""
