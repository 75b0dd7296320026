"""办件事实: every kind of fact of a case, with its code in the exchange vocabulary (standards: 15 states) and its title."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """事实种类: `code` of the national exchange vocabulary (住建部 15 states; empty for steps within one)."""

    name: str
    title: str
    code: str = ""


RECEIVED = "cases.case.received"
CORRECTION_REQUESTED = "cases.case.correction_requested"
CORRECTION_SUPPLIED = "cases.case.correction_supplied"
ACCEPTED = "cases.case.accepted"
NOT_REQUIRED = "cases.case.found_not_required"
REJECTED = "cases.case.rejected"
WORKS_ASSIGNED = "cases.case.works_assigned"
OPINION_GIVEN = "cases.case.opinion_given"
TRANSFERRED = "cases.case.transferred"
SPECIAL_STARTED = "cases.case.special_procedure_started"
SPECIAL_ENDED = "cases.case.special_procedure_ended"
REVIEWED = "cases.case.reviewed"
PASSED = "cases.case.passed"
REFUSED = "cases.case.refused"
WITHDRAWN = "cases.case.withdrawn"
REVOKED = "cases.case.revoked"
CERTIFIED = "cases.case.certified"
DELIVERED = "cases.case.delivered"

KINDS = {
    kind.name: kind
    for kind in (
        Kind(RECEIVED, "接件", "1"),
        Kind(CORRECTION_REQUESTED, "一次性告知补正", "6"),
        Kind(CORRECTION_SUPPLIED, "补正材料已交", "7"),
        Kind(ACCEPTED, "受理", "3"),
        Kind(NOT_REQUIRED, "不受理", "4"),
        Kind(REJECTED, "不予受理", "5"),
        Kind(WORKS_ASSIGNED, "派发部门办理", "8"),
        Kind(TRANSFERRED, "转办", "8"),
        Kind(OPINION_GIVEN, "部门意见", "8"),
        Kind(SPECIAL_STARTED, "特别程序开始", "9"),
        Kind(SPECIAL_ENDED, "特别程序结束", "10"),
        Kind(REVIEWED, "审查", "8"),
        Kind(PASSED, "办结（准予）", "11"),
        Kind(REFUSED, "办结（不予许可）", "13"),
        Kind(WITHDRAWN, "撤回", "14"),
        Kind(REVOKED, "撤销", "15"),
        Kind(CERTIFIED, "制证"),
        Kind(DELIVERED, "送达"),
    )
}
CLOSING = frozenset({NOT_REQUIRED, REJECTED, PASSED, REFUSED, WITHDRAWN})
