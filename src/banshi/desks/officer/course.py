"""办理情况: how far each work is and who does it, what the law's further steps have come to, what was urged and answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy

from banshi.contexts.cases import events
from banshi.contexts.cases import queries as cases
from banshi.contexts.cases.queries import Entry
from banshi.contexts.cases.values import CaseState, Status, WorkState
from banshi.kernel.workdays import Calendar, civil_day
from banshi.ui import dates, parts

VERDICTS = {
    "agree": gettext_lazy("同意"),
    "disagree": gettext_lazy("不同意"),
    "pass": gettext_lazy("建议准予"),
    "refuse": gettext_lazy("建议不予"),
}
LEVELS = {"yellow": "黄灯提醒", "red": "红灯督办", "escalated": "上一级督办", "supervisor": "监察督办"}


@dataclass(frozen=True, slots=True)
class WorkLine:
    """一个环节: its step as everywhere, and what is noted beneath."""

    step: parts.Step
    notes: tuple[str, ...]
    photos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UrgeLine:
    """一次督办: of what, to whom, the words, and the answer."""

    title: str
    on: date
    to: str
    words: str
    answered_on: date | None
    answer: str


def people(state: CaseState) -> set[str]:
    """Codes of everybody whom the case names."""
    found = {state.holder, *(urge.holder for urge in state.urges)}
    for work in state.works:
        found |= {work.holder, *work.people, *work.experts, *work.recused}
    if state.extension:
        found.add(state.extension.by)
    if state.hearing:
        found.add(state.hearing.presider)
    return found - {""}


def works(
    state: CaseState,
    entries: list[Entry],
    offices: Mapping[str, str],
    names: Mapping[str, str],
    today: date,
    calendar: Calendar,
) -> tuple[WorkLine, ...]:
    """各部门环节, in the plan's order."""
    plans = {plan.key: plan for plan in state.plan.works}
    records = {entry.data["work"]: entry for entry in entries if entry.kind == events.WORK_RECORDED}
    found = []
    for work in state.works:
        plan = plans[work.key]
        running = work.status == "open" and state.status is not Status.SUSPENDED
        words = {
            "waiting": gettext("等前面的环节"),
            "open": gettext("办理中"),
            "done": str(VERDICTS.get(work.verdict, "")),
        }
        warn_on = cases.warn_on(work.due_on, plan.limit, calendar)
        step = parts.Step(
            label=plan.title,
            item=offices.get(plan.office, plan.office),
            state=words[work.status],
            light=cases.light(work.due_on, warn_on, today) if running else "",
            word=dates.left(work.due_on, today, calendar) if running else "",
            on=civil_day(work.done_at) if work.done_at else work.due_on if running else None,
            on_label=gettext("办完于") if work.status == "done" else gettext("最晚"),
            done=work.status == "done",
        )
        found.append(WorkLine(step, tuple(_notes(work, records.get(work.key), names)), work.files))
    return tuple(found)


def _notes(work: WorkState, record: Entry | None, names: Mapping[str, str]) -> Iterator[str]:
    def named(codes: tuple[str, ...]) -> str:
        return "、".join(names.get(code, code) for code in codes)

    if work.holder:
        yield gettext("承办人：%(names)s") % {"names": named((work.holder,))}
    if work.planned_on and work.status != "done":
        yield gettext("约定：%(day)s") % {"day": dates.day(work.planned_on)}
    if work.experts:
        yield gettext("专家：%(names)s") % {"names": named(work.experts)}
    if work.recused:
        yield gettext("回避：%(names)s") % {"names": named(work.recused)}
    if work.people:
        yield gettext("参加：%(names)s") % {"names": named(work.people)}
    if record and record.data["checks"]:
        wrong = [line for line, right in record.data["checks"] if not right]
        yield (
            gettext("核查清单：不符合%(lines)s") % {"lines": "、".join(wrong)}
            if wrong
            else gettext("核查清单：全部符合")
        )
    if work.rounds:
        yield gettext("退回重办过%(count)s次") % {"count": work.rounds}
    if work.silent:
        yield gettext("到期没有提意见，视为同意")


def procedures(state: CaseState, names: Mapping[str, str]) -> tuple[parts.Row, ...]:
    """承办人、延期、听证、利害关系人 and what was proposed, as far as there is anything."""
    rows = [
        (gettext("承办人"), names.get(state.holder, "")),
        (gettext("延期"), _extension(state, names)),
        (gettext("听证"), _hearing(state, names)),
        (gettext("利害关系人"), _interested(state)),
        (gettext("提请领导审批"), gettext("已提请") if state.escalated else ""),
        (gettext("提请不予受理"), gettext("窗口已提请，等部门核定") if state.refusal_proposed else ""),
    ]
    return tuple(parts.Row(label=label, value=value) for label, value in rows if value)


def _extension(state: CaseState, names: Mapping[str, str]) -> str:
    if state.extension is None:
        return ""
    return gettext("%(days)s，%(name)s于%(day)s批准") % {
        "days": dates.workdays(state.extension.days),
        "name": names.get(state.extension.by, ""),
        "day": dates.day(state.extension.on),
    }


def _hearing(state: CaseState, names: Mapping[str, str]) -> str:
    hearing = state.hearing
    if hearing is None:
        return ""
    if hearing.minutes:
        return gettext("%(day)s已举行，笔录在卷") % {"day": dates.day(hearing.held_on)}
    if hearing.held_on:
        return gettext("定在%(day)s，%(name)s主持") % {
            "day": dates.day(hearing.held_on),
            "name": names.get(hearing.presider, ""),
        }
    if hearing.requested_on:
        return gettext("%(day)s申请，应当在%(by)s前组织") % {
            "day": dates.day(hearing.requested_on),
            "by": dates.day(hearing.hold_by),
        }
    return gettext("已告知权利，可以在%(by)s前申请") % {"by": dates.day(hearing.request_by)}


def _interested(state: CaseState) -> str:
    if state.interested_heard:
        return gettext("已听取意见")
    if state.interested_until_on:
        return gettext("已告知，可以在%(day)s前陈述申辩") % {"day": dates.day(state.interested_until_on)}
    return ""


def urges(
    state: CaseState,
    entries: list[Entry],
    texts: Mapping[UUID, str],
    offices: Mapping[str, str],
    names: Mapping[str, str],
) -> tuple[UrgeLine, ...]:
    """督办和答复, the newest first; of the clock's own only the loudest for each thing (the others stand in the trail)."""
    titles = {f"work:{plan.key}": plan.title for plan in state.plan.works}
    found, seen = [], set()
    for urge, said, answer in cases.urges_of(state, entries):
        if urge.level != "supervisor" and urge.key in seen:
            continue
        if urge.level != "supervisor":
            seen.add(urge.key)
        to = (offices.get(urge.office, urge.office), names.get(urge.holder, ""))
        found.append(
            UrgeLine(
                title=f"{gettext(LEVELS[urge.level])}：{titles.get(urge.key, gettext('整件事'))}",
                on=urge.on,
                to=" ".join(filter(None, to)),
                words=texts.get(said, "") if said else "",
                answered_on=urge.answered_on,
                answer=texts.get(answer, "") if answer else "",
            )
        )
    return tuple(found)
