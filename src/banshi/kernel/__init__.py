"""内核: values and rules that everything rests on. Standard library alone; no clock, no files."""
