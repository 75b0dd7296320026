"""申请: `guide` from what is wanted to its items, `fill` in one form and one set of materials, `hand_in` as the departments' cases."""

from banshi.flows.apply.fill import Standing, form, standing
from banshi.flows.apply.guide import Chosen, Target, chosen, target
from banshi.flows.apply.hand_in import Incomplete, Submitted, plan, problems, submit

__all__ = [
    "Chosen", "Incomplete", "Standing", "Submitted", "Target", "chosen", "form", "plan", "problems", "standing", "submit", "target",
]  # fmt: skip
