"""电子监察: what a supervisor looks for, who held what went red, and how much is taken to the leaders.

Five rules say what is found (`RULES`); each finding has the fields of GB/T 39046, table 11. All is asked of indexed
rows and facts, page by page; nothing is stored here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import batched
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractHour
from django.utils.translation import gettext

from banshi.contexts.cases import events
from banshi.contexts.cases import queries as cases
from banshi.contexts.cases.values import CaseState, Urge
from banshi.directory import queries as directory
from banshi.directory.values import prefix
from banshi.infra import counters
from banshi.infra.models import Fact
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import CHINA, Calendar, civil_day

SIZE = 50
_BATCH = 200
_MOST = 2000  # facts that one page looks at
_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千\d]+条")
_LEAST_WORDS = 10
_AT_ONCE = timedelta(minutes=30)
_IN_ONE_GO = timedelta(minutes=2)
_OPENS, _CLOSES = 7, 21  # hours between which nobody wonders about somebody at work


@dataclass(frozen=True, slots=True)
class Rule:
    """监察规则: its number, its name, what it finds in plain words, and the kind of warning (预警类型); pages translate them."""

    number: str
    title: str
    meaning: str
    warning: str


RULES = {
    rule.number: rule
    for rule in (
        Rule("J1", "逾期未办", "任何一个时限已经过了最后一天，事情还没有办。", "超期"),
        Rule(
            "J2",
            "没有理由",
            "不受理、不予受理、不予许可的理由不足10个字，或者没有写依据哪一条；也列出到期没有答复而视为受理的。",
            "异常",
        ),
        Rule(
            "J3",
            "事后补录",
            "承诺件从受理到审查完不到30分钟，各环节都在其中；或者在21点以后、7点以前，同一个人两分钟内连办几步。",
            "异常",
        ),
        Rule("J4", "特别程序超期", "特别程序过了书面告知的日子还没有结束。", "超期"),
        Rule(
            "J5",
            "督办不答复",
            "红灯、上一级或者监察督办以后，过了规定的工作日还没有答复。",
            "超期",
        ),
    )
}
MONTHLY = frozenset({"J2", "J3", "J5"})  # these look at a month of facts, the others at what stands now


@dataclass(frozen=True, slots=True)
class Finding:
    """监察发现 (GB/T 39046 table 11): 办件编号、督办内容、规则编号、预警类型、状态产生时间、责任部门."""

    number: str
    words: str
    rule: str
    warning: str
    since_on: date
    office: str
    region: str
    case: UUID
    item_name: str
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """一页发现: `next` is where the following page begins; empty at the end."""

    findings: tuple[Finding, ...]
    next: str = ""


def findings(
    actor: Actor, rule: str, *, month: date, today: date, calendar: Calendar, start: str = ""
) -> Page:
    """What a rule of `RULES` finds in the actor's region. Rules about what was recorded look at one month of facts, the
    newest first; the others at what stands now. Raises `KeyError` for an unknown rule."""
    if rule in ("J1", "J4"):
        return _standing(actor, RULES[rule], today, int(start) if start.isdecimal() else 0)
    ask: Callable[[Actor, date], QuerySet[Fact]]
    ask, look = {
        "J2": (_refusals, _unreasoned),
        "J3": (_reviews, _recorded_late),
        "J5": (_urges, _unanswered),
    }[rule]
    found: list[Finding] = []
    facts, seen = _from(ask(actor, month), start), 0
    for batch in batched(facts, _BATCH, strict=False):
        states = cases.states((fact.region_code, fact.stream_id) for fact in batch)
        said = _texts(batch) if rule == "J2" else {}
        for fact in batch:
            state = states[fact.stream_id]
            words = look(fact, state, said.get(_text(fact), ""), calendar, today)
            seen, start = seen + 1, _mark(fact)
            if words:
                office, holder = _responsible(fact, state)
                found.append(
                    Finding(
                        state.number, words, rule, gettext(RULES[rule].warning), civil_day(fact.at), office, state.region,
                        state.id, state.plan.name, holder,
                    )
                )  # fmt: skip
            if len(found) == SIZE:
                return Page(tuple(found), start)
    return Page(tuple(found), start if seen == _MOST else "")


def _standing(actor: Actor, rule: Rule, today: date, offset: int) -> Page:
    clock = "special" if rule.number == "J4" else ""
    rows = cases.list_red(actor, today, light="red", clock=clock, offset=offset, limit=SIZE + 1)
    found = tuple(
        Finding(
            row.number, gettext("%(what)s：%(clock)s已过") % {"what": row.title, "clock": gettext(cases.CLOCKS[row.clock])}, rule.number, gettext(rule.warning), row.due_on, row.office,
            row.region, row.case, row.item_name, row.holder,
        )
        for row in rows[:SIZE]
    )  # fmt: skip
    return Page(found, str(offset + SIZE) if len(rows) > SIZE else "")


def _from(facts: QuerySet[Fact], start: str) -> QuerySet[Fact]:
    """The newest first, from behind the mark on; at most so many as a page may take its time for."""
    if start:
        at, stream, seq = start.split("_")
        when = datetime.fromisoformat(at)
        facts = facts.filter(
            Q(at__lt=when)
            | Q(at=when, stream_id__lt=UUID(stream))
            | Q(at=when, stream_id=UUID(stream), seq__lt=int(seq))
        )
    return facts.order_by("-at", "-stream_id", "-seq")[:_MOST]


def _mark(fact: Fact) -> str:
    return f"{fact.at.isoformat()}_{fact.stream_id.hex}_{fact.seq}"


def _of_month(actor: Actor, kinds: Iterable[str], month: date) -> QuerySet[Fact]:
    begins = datetime.combine(month.replace(day=1), time(), CHINA)
    ends = (begins + timedelta(days=32)).replace(day=1)
    return Fact.objects.filter(
        region_code__in=counties(actor), kind__in=list(kinds), at__gte=begins, at__lt=ends
    )


# ---- J2 没有理由 ----


def _refusals(actor: Actor, month: date) -> QuerySet[Fact]:
    said = _of_month(actor, (events.NOT_REQUIRED, events.REJECTED, events.REFUSED, events.ACCEPTED), month)
    return said.filter(~Q(kind=events.ACCEPTED) | Q(data__contains='"deemed":true'))


def _unreasoned(fact: Fact, state: CaseState, said: str, calendar: Calendar, today: date) -> str:
    title = gettext(events.KINDS[fact.kind].title)
    if fact.kind == events.ACCEPTED:
        return gettext("到期没有答复，视为受理")
    if len(said) < _LEAST_WORDS:
        return gettext("%(what)s：理由不足%(count)s个字") % {"what": title, "count": _LEAST_WORDS}
    return "" if _ARTICLE.search(said) else gettext("%(what)s：没有写依据哪一条") % {"what": title}


def _texts(facts: Iterable[Fact]) -> dict[UUID | None, str]:
    """The reasons given, one query a county."""
    ids: dict[str, list[UUID]] = defaultdict(list)
    for fact in facts:
        if id := _text(fact):
            ids[fact.region_code].append(id)
    return {id: words for region in ids for id, words in cases.texts(region, ids[region]).items()}


def _text(fact: Fact) -> UUID | None:
    id = _data(fact).get("text")
    return UUID(id) if id else None


# ---- J3 事后补录 ----


def _reviews(actor: Actor, month: date) -> QuerySet[Fact]:
    """Reviews with the acceptance shortly before, or by night with another step of the same hand right before it."""
    same = Fact.objects.filter(region_code=OuterRef("region_code"), stream_id=OuterRef("stream_id"))
    accepted = same.filter(kind=events.ACCEPTED, at__gt=OuterRef("at") - _AT_ONCE)
    before = same.filter(
        seq__lt=OuterRef("seq"), actor=OuterRef("actor"), at__gte=OuterRef("at") - _IN_ONE_GO
    )
    reviews = _of_month(actor, [events.REVIEWED], month).annotate(hour=ExtractHour("at", tzinfo=CHINA))
    night = Q(hour__lt=_OPENS) | Q(hour__gte=_CLOSES)
    return reviews.filter(Exists(accepted) | (night & Exists(before)))


def _recorded_late(fact: Fact, state: CaseState, said: str, calendar: Calendar, today: date) -> str:
    hour = fact.at.astimezone(CHINA).hour
    if not _OPENS <= hour < _CLOSES:
        return gettext("非工作时间两分钟内连办几步")
    if not state.works:
        return ""
    return gettext("受理、%(count)s个环节和审查在30分钟内办完") % {"count": len(state.works)}


# ---- J5 督办不答复 ----


def _urges(actor: Actor, month: date) -> QuerySet[Fact]:
    return _of_month(actor, [events.URGED], month).exclude(data__contains='"level":"yellow"')


def _unanswered(fact: Fact, state: CaseState, said: str, calendar: Calendar, today: date) -> str:
    data, limit = _data(fact), state.plan.limits.answer_urge_days
    on = civil_day(fact.at)
    waits = any(
        (urge.key, urge.level, urge.on) == (data["key"], data["level"], on) for urge in unanswered(state)
    )
    late = calendar.between(on, today) - limit
    if not waits or late <= 0:
        return ""
    return gettext("督办后%(limit)s个工作日应当答复，已过%(late)s个工作日") % {"limit": limit, "late": late}


def unanswered(state: CaseState) -> list[Urge]:
    """Urges that want an answer and have none yet. A yellow one only reminds."""
    if not state.status.open:
        return []
    return [urge for urge in state.urges if urge.answered_on is None and urge.level != "yellow"]


def _responsible(fact: Fact, state: CaseState) -> tuple[str, str]:
    data = _data(fact)
    if fact.kind == events.URGED:
        return data["office"], data["holder"]
    return state.office, fact.actor if fact.actor.startswith("staff:") else state.holder


# ---- 超期归属 ----


@dataclass(frozen=True, slots=True)
class Held:
    """超期归属: of an office and holder (empty: not yet anybody's), how much is red now, and what ended late in the month."""

    office: str
    holder: str
    red: int
    late: int
    days: int  # working days late, in all

    @property
    def average(self) -> float:
        return self.days / self.late if self.late else 0.0


def overdue(actor: Actor, *, month: date, today: date, calendar: Calendar) -> list[Held]:
    """By whom it lay with when it went red, not by who touched it last: the worst first."""
    red = cases.red_by_holder(actor, today)
    late: dict[tuple[str, str], list[int]] = defaultdict(list)
    first, last = month.replace(day=1), (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    for urges in _red_urges(actor, first):
        states = cases.states((region, id) for region, id, _ in urges)
        for (_, id, key), data in urges.items():
            ended_on = _ended_on(states[id], key)
            if ended_on and first <= ended_on < last:
                due_on = date.fromisoformat(data["due_on"])
                late[data["office"], data["holder"]].append(max(1, calendar.between(due_on, ended_on)))
    found = [
        Held(*who, red.get(who, 0), len(late.get(who, ())), sum(late.get(who, ()))) for who in {*red, *late}
    ]
    return sorted(found, key=lambda held: (-held.red, -held.days, held.office, held.holder))


def _red_urges(actor: Actor, first: date) -> Iterator[dict[tuple[str, UUID, str], dict[str, Any]]]:
    """The last red urge of each clock, told within a year before the month's end."""
    since = datetime.combine(first - timedelta(days=334), time(), CHINA)
    rows = Fact.objects.filter(
        region_code__in=counties(actor), kind=events.URGED, at__gte=since, data__contains='"level":"red"'
    )
    told: dict[tuple[str, UUID, str], dict[str, Any]] = {}
    for region, id, raw in rows.order_by("at").values_list("region_code", "stream_id", "data"):
        data = msgspec.json.decode(raw)
        told[region, id, data["key"]] = data
    keys = list(told)
    for start in range(0, len(keys), _BATCH):
        yield {key: told[key] for key in keys[start : start + _BATCH]}


def _ended_on(state: CaseState, key: str) -> date | None:
    """When what the clock waited for was done."""
    if key == "case":
        return state.closed_on
    work = state.work(key.removeprefix("work:"))
    return civil_day(work.done_at) if work and work.done_at else None


# ---- 鼓励类提请比例 ----


@dataclass(frozen=True, slots=True)
class Share:
    """鼓励类提请比例 of an office this year; `full`: one more would go beyond the cap (inventory row 8)."""

    office: str
    decided: int
    taken: int
    cap: int

    @property
    def percent(self) -> float:
        return 100 * self.taken / self.decided if self.decided else 0.0

    @property
    def full(self) -> bool:
        return (self.taken + 1) * 100 > self.cap * (self.decided + 1)


def shares(actor: Actor, year: int) -> list[Share]:
    """By office, the highest share first; the cap is that of the office's place (`data/rules`)."""
    where, ending = counties(actor), f":{year}:encouraged"
    decided, taken = (counters.totals(name, regions=where) for name in ("cases.decided", "cases.escalated"))
    offices = {key.removesuffix(ending) for key in {*decided, *taken} if key.endswith(ending)}
    places = directory.office_regions(offices)
    found = [
        Share(
            office,
            decided.get(office + ending, 0),
            taken.get(office + ending, 0),
            cases.limits_for(places.get(office, "")).encouraged_cap,
        )
        for office in offices
    ]
    return sorted(found, key=lambda share: (-share.percent, share.office))


def counties(actor: Actor) -> set[str]:
    """The counties that this person supervises."""
    found: set[str] = set()
    waiting = [prefix(post.region) for post in actor.held if post.kind == "supervisor"]
    while waiting:
        code = waiting.pop()
        if len(code) >= 6:
            found.add(code[:6])
        else:
            waiting += [child.code for child in directory.list_children(code)]
    return found


def _data(fact: Fact) -> dict[str, Any]:
    data: dict[str, Any] = msgspec.json.decode(fact.data)
    return data
