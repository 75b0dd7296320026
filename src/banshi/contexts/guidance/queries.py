"""导办: the door of a context that keeps nothing; its questions are pure functions."""

from banshi.contexts.guidance.rules import holds, longest, paths, progress

__all__ = ["holds", "longest", "paths", "progress"]
