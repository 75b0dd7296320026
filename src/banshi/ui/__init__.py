"""Look: tokens, components, frames, and who may open which page."""
