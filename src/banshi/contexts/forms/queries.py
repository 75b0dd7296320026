"""表单: the door of a context that keeps nothing; its questions are pure functions."""

from banshi.contexts.forms.rules import (
    check,
    check_materials,
    check_rules,
    merge,
    normalised,
    prefill,
    settle,
)

__all__ = ["check", "check_materials", "check_rules", "merge", "normalised", "prefill", "settle"]
