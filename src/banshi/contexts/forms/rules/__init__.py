"""表单规则: merge, fill in, settle, check. Nothing is asked twice; what is known is filled in and shown as such."""

from banshi.contexts.forms.rules.checking import check, normalised
from banshi.contexts.forms.rules.merging import check_materials, merge, prefill
from banshi.contexts.forms.rules.settling import check_rules, settle

__all__ = ["check", "check_materials", "check_rules", "merge", "normalised", "prefill", "settle"]
