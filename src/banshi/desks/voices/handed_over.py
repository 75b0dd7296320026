"""上报没有通过的评价: which, why, and who mends it; for those who watch, never for the rated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext

from banshi.contexts.evaluation import queries
from banshi.contexts.evaluation.values import Handover, HandoverState
from banshi.desks.voices.seat import DECIDING, names, regions
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import civil_day

SHOWN = 20


def to_mend(actor: Actor) -> tuple[list[tuple[str, str, date | None, str]], int]:
    """Held back or refused, the newest first: address, office, day, what is to be done; and how many there are."""
    if not actor.posts & DECIDING:
        return [], 0
    found, total = queries.list_to_mend(regions(actor), offset=0, limit=SHOWN)
    called = names(one.office for one in found)
    rows = [
        (
            reverse("voices:review", args=(one.region, one.review)),
            called.get(one.office, one.office),
            civil_day(one.at) if one.at else None,
            told(one),
        )
        for one in found
    ]
    return rows, total


def told(one: Handover) -> str:
    """How it stands with the province's platform, and who has to do what."""
    if one.state is HandoverState.ACCEPTED:
        return gettext("省平台已收下。")
    if one.state is HandoverState.SENT:
        return gettext("已上报，省平台还没有答复；下次导出再报。")
    if one.state is HandoverState.REFUSED:
        why = one.answer or gettext("没有说原因")
        return gettext("省平台退回：%(why)s。改正以后，下次导出再报。") % {"why": why.rstrip("。")}
    return " ".join(dict.fromkeys(_MENDING.get(field, _inconsistent)() for field in one.faults))


def _office() -> str:
    return gettext("部门的统一社会信用代码没有填或者不对：请管理员在部门资料里改正。")


def _item() -> str:
    return gettext("事项没有编码或者名称：请目录管理员补上。")


def _person() -> str:
    return gettext("申请人的姓名或者证件号已经没有了，这一条不能上报。")


def _inconsistent() -> str:
    return gettext("等级、原因、次数或者日期前后不符：请把这一条告诉系统管理员。")


_MENDING: dict[str, Callable[[], str]] = {
    "deptCode": _office,
    "taskCode": _item,
    "taskName": _item,
    "certKey": _person,
    "userName": _person,
}
