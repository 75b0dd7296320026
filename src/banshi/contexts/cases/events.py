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
EXTENDED = "cases.case.extended"
HEARING_OFFERED = "cases.case.hearing_offered"
HEARING_REQUESTED = "cases.case.hearing_requested"
HEARING_SCHEDULED = "cases.case.hearing_scheduled"
HEARING_HELD = "cases.case.hearing_held"
INTERESTED_INFORMED = "cases.case.interested_informed"
INTERESTED_HEARD = "cases.case.interested_heard"
WORK_SCHEDULED = "cases.case.work_scheduled"
EXPERTS_DRAWN = "cases.case.experts_drawn"
EXPERT_RECUSED = "cases.case.expert_recused"
WORK_RECORDED = "cases.case.work_recorded"
WORK_RETURNED = "cases.case.work_returned"
HANDED_OVER = "cases.case.handed_over"
ESCALATED = "cases.case.escalated"
REFUSAL_PROPOSED = "cases.case.refusal_proposed"
URGED = "cases.case.urged"
URGE_ANSWERED = "cases.case.urge_answered"
CLOCKS_RECOMPUTED = "cases.case.clocks_recomputed"
PLAN_MIGRATED = "cases.case.plan_migrated"
CANCELLED = "cases.case.cancelled"

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
        Kind(EXTENDED, "延长办理期限", "8"),
        Kind(HEARING_OFFERED, "告知听证权利", "8"),
        Kind(HEARING_REQUESTED, "申请听证", "8"),
        Kind(HEARING_SCHEDULED, "听证通知", "8"),
        Kind(HEARING_HELD, "举行听证", "8"),
        Kind(INTERESTED_INFORMED, "告知利害关系人", "8"),
        Kind(INTERESTED_HEARD, "听取利害关系人意见", "8"),
        Kind(WORK_SCHEDULED, "约定时间", "8"),
        Kind(EXPERTS_DRAWN, "抽取专家", "8"),
        Kind(EXPERT_RECUSED, "专家回避", "8"),
        Kind(WORK_RECORDED, "登记核查、评审或会议", "8"),
        Kind(WORK_RETURNED, "退回重办", "8"),
        Kind(HANDED_OVER, "移交承办人", "8"),
        Kind(ESCALATED, "提请领导审批", "8"),
        Kind(REFUSAL_PROPOSED, "提请不予受理"),
        Kind(URGED, "督办"),
        Kind(URGE_ANSWERED, "答复督办"),
        Kind(CLOCKS_RECOMPUTED, "时限重新计算"),
        Kind(PLAN_MIGRATED, "改按新版办理"),
        Kind(CANCELLED, "注销"),
    )
}
# What was written to the applicant; all other words stay among the offices.
TOLD = frozenset(
    {
        CORRECTION_REQUESTED,
        NOT_REQUIRED,
        REJECTED,
        SPECIAL_STARTED,
        REFUSED,
        WITHDRAWN,
        REVOKED,
        CANCELLED,
        EXTENDED,
        HEARING_OFFERED,
        HEARING_SCHEDULED,
    }
)
# What offices settle among themselves: the applicant's trail leaves it out.
INTERNAL = frozenset(
    {HANDED_OVER, URGED, URGE_ANSWERED, ESCALATED, REFUSAL_PROPOSED, EXPERT_RECUSED, WORK_SCHEDULED}
)
CLOSING = frozenset({NOT_REQUIRED, REJECTED, PASSED, REFUSED, WITHDRAWN})
