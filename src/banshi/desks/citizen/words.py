"""怎么说: states, steps and refusals in the words of whoever waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext

from banshi.contexts.cases import events
from banshi.contexts.cases.queries import Entry as Happening
from banshi.contexts.cases.values import Budget, CaseState, SpecialProcedure, Status, WorkPlan
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.catalogue.values import Basis, Limit
from banshi.directory import queries as directory
from banshi.kernel.facts import Refused
from banshi.ui import dates
from banshi.ui.language import chinese as chinese
from banshi.ui.language import told as told
from banshi.ui.parts import Entry, Problem, Row, Step


def problem(refused: Refused) -> Problem:
    return Problem(text=told(refused), field=refused.field)


def limit(what: Limit | Budget | None) -> str:
    """时限: always says which days are meant."""
    if what is None:
        return gettext("没有规定")
    if what.days == 0:
        return gettext("当场办结")
    if what.unit == "workday":
        return dates.workdays(what.days)
    words = gettext("%(count)s个办公小时") if what.unit == "hour" else gettext("%(count)s个自然日")
    return words % {"count": what.days}


def whole(due_on: date | None, due_at: datetime | None) -> str:
    """整件事的承诺; empty for a single item."""
    if due_on is None:
        return ""
    by = dates.moment(due_at) if due_at else dates.day(due_on)
    return gettext("整件事承诺 %(by)s 前全部办完") % {"by": by}


def basis(what: Basis) -> str:
    year, month, day = ([*what.edition.split("-"), "", ""])[:3]
    edition = f"（{year}年{int(month)}月{int(day)}日）" if month else f"（{year}）"
    return f"《{what.law}》{edition if year else ''}{what.article}"


def standing(state: CaseState) -> str:
    """How a case stands, as one would tell it a neighbour."""
    match state.status:
        case Status.RECEIVED if state.correction_supplied_on:
            return gettext("补的材料收到了，等部门核对")
        case Status.RECEIVED:
            return gettext("已收到，等部门核对")
        case Status.CORRECTING:
            return gettext("等您补材料")
        case Status.ACCEPTED:
            return gettext("已受理，马上开始办")
        case Status.IN_REVIEW:
            return _in_review(state)
        case Status.SUSPENDED:
            kind = state.pauses[-1].kind.label
            return gettext("正在%(what)s，这段时间不算在时限里") % {"what": kind}
        case Status.PASSED if state.plan.certificate and not state.certificate:
            return gettext("批准了，正在制证")
        case Status.PASSED:
            return gettext("办好了")
        case Status.REFUSED:
            return gettext("没有批准")
        case Status.NOT_REQUIRED:
            return gettext("这件事不用办")
        case Status.REJECTED:
            return gettext("没有受理")
        case Status.WITHDRAWN:
            return gettext("已撤回")
        case Status.REVOKED:
            return gettext("已被撤销")
        case Status.CANCELLED:
            return gettext("已经注销")


def _in_review(state: CaseState) -> str:
    titles = {work.key: work.title for work in state.plan.works}
    running = [titles[work.key] for work in state.works if work.status == "open"]
    if running:
        return gettext("正在办：%(works)s") % {"works": "、".join(running)}
    return gettext("正在办，等作出决定")


def plain_name(state: CaseState) -> str:
    """What people call the matter; its official name once it is out of the catalogue."""
    found = catalogue.catalogue().items.get(state.plan.item)
    return found.definition.plain_name if found else state.plan.name


def step(state: CaseState, office: str, light: str, acceptance_due_on: date, url: str = "") -> Step:
    """One line of a progress: what, at which office, how it stands, the light, and the day that counts next."""
    word, on, on_label, done = "", state.due_on, gettext("最晚"), False
    match state.status:
        case Status.RECEIVED:
            on, on_label = acceptance_due_on, gettext("最晚答复是否受理")
        case Status.CORRECTING:
            light, word, on, on_label = (
                "yellow",
                gettext("等您补材料"),
                state.correction_due_on,
                gettext("请在此前补上"),
            )
        case Status.ACCEPTED | Status.IN_REVIEW | Status.SUSPENDED:
            pass
        case _:
            done = state.status in (Status.PASSED, Status.NOT_REQUIRED)
            on, on_label = state.closed_on, gettext("办结于")
    return Step(
        label=plain_name(state), item=office, state=standing(state), light=light, word=word, on=on, on_label=on_label,
        done=done, url=url,
    )  # fmt: skip


def dates_of(state: CaseState) -> list[Row]:
    """The days that count, as far as they are known."""
    days = (
        (gettext("收到申请"), state.received_on),
        (gettext("告知补材料"), state.correction_requested_on),
        (gettext("补交材料"), state.correction_supplied_on),
        (gettext("受理"), state.accepted_on),
        (gettext("承诺最晚办结"), state.promised_due_on if state.status.open else None),
        (gettext("法律规定最晚办结"), state.statutory_due_on if state.status.open else None),
        (gettext("办结"), state.closed_on),
        (gettext("送达"), state.delivered_on),
    )
    return [Row(label=label, value=dates.fullday(on)) for label, on in days if on]


def trail(state: CaseState, happened: list[Happening], texts: Mapping[UUID, str]) -> list[Entry]:
    """办理经过, newest first: what happened, which office did it, and what was written to the applicant."""
    works = {work.key: work for work in state.plan.works}
    moved = [str(one.data["to"]) for one in happened if one.kind == events.TRANSFERRED]
    lead = state.first_office or state.office
    offices = directory.office_names([lead, *moved, *(work.office for work in works.values())])
    found = []
    for one in happened:
        if one.kind in events.INTERNAL:
            continue
        who = offices.get(lead, "")
        if one.actor.startswith("citizen") or one.kind == events.RECEIVED:
            who = gettext("申请人")
        elif one.actor == "system":
            who = gettext("系统")
        elif one.kind == events.OPINION_GIVEN:
            who = offices.get(_work(works, one).office, "")
        elif one.kind == events.TRANSFERRED:
            lead = one.data["to"]
        note = texts.get(one.text, "") if one.text and one.kind in events.TOLD else ""
        found.append(Entry(at=one.at, what=_what(one, works, offices), who=who, note=note))
    return found[::-1]


def _what(one: Happening, works: Mapping[str, WorkPlan], offices: Mapping[str, str]) -> str:
    """What happened, in one plain line."""
    data = one.data
    match one.kind:
        case events.RECEIVED:
            return gettext("提交了申请")
        case events.CORRECTION_REQUESTED:
            return gettext("告知要补的材料")
        case events.CORRECTION_SUPPLIED:
            return gettext("补交了材料")
        case events.ACCEPTED if data.get("deemed"):
            return gettext("到期没有答复，依法从收到材料那天起视为受理")
        case events.ACCEPTED:
            return gettext("受理，办理时限从这天起算")
        case events.WORKS_ASSIGNED:
            return gettext("分给各部门办理")
        case events.TRANSFERRED:
            return gettext("转给%(office)s办，时限照算") % {"office": offices.get(data["to"], "")}
        case events.OPINION_GIVEN:
            verdict = gettext("同意") if data["verdict"] == "agree" else gettext("不同意")
            return gettext("%(work)s办完：%(verdict)s") % {
                "work": _work(works, one).title,
                "verdict": verdict,
            }
        case events.SPECIAL_STARTED:
            kind = SpecialProcedure(data["procedure"]).label
            return gettext("开始%(what)s，时限暂停") % {"what": kind}
        case events.SPECIAL_ENDED:
            return gettext("特别程序结束，时限接着算")
        case events.REVIEWED:
            return gettext("审查完成，等作出决定")
        case events.PASSED:
            return gettext("批准")
        case events.REFUSED:
            return gettext("决定不予批准")
        case events.NOT_REQUIRED:
            return gettext("告知这件事不用办")
        case events.REJECTED:
            return gettext("决定不予受理")
        case events.WITHDRAWN if data.get("deemed"):
            return gettext("到期没有补材料，按撤回处理，可以重新申请")
        case events.WITHDRAWN:
            return gettext("撤回了申请")
        case events.REVOKED:
            return gettext("撤销了许可")
        case events.CANCELLED:
            return gettext("注销了许可")
        case events.EXTENDED:
            return gettext("办理时限延长%(days)s") % {"days": dates.workdays(data["days"])}
        case events.WORK_RETURNED:
            return gettext("%(work)s要重新办") % {"work": _work(works, one).title}
        case events.CLOCKS_RECOMPUTED:
            return gettext("放假安排公布了，时限重新计算")
        case events.CERTIFIED:
            return gettext("证照制作完成")
        case events.DELIVERED:
            ways = {"online": gettext("网上"), "window": gettext("窗口领取"), "post": gettext("邮寄")}
            return gettext("送达（%(how)s）") % {"how": ways.get(data["how"], "")}
    return one.title


def _work(works: Mapping[str, WorkPlan], one: Happening) -> WorkPlan:
    """The work as the plan has it now; one that a newer version dropped is named by its key."""
    key = one.data["work"]
    return works.get(key) or WorkPlan(key, key, "", "", Budget(0))
