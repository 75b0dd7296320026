"""一件工单的样子: what was said, about what, how far it is, who does what by when, and all that happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from banshi.contexts.tickets import queries
from banshi.contexts.tickets.queries import Command
from banshi.contexts.tickets.values import Task, TicketState, Words
from banshi.contexts.tickets.values.codes import Kind
from banshi.desks.voices.rewards import said_amount
from banshi.desks.voices.seat import names
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import Calendar, light
from banshi.ui import parts
from banshi.ui.dates import day, left
from banshi.ui.masking import masked_name, masked_phone, scrubbed

_USUAL = frozenset(
    {
        *("dispatch", "assign", "answer", "sign", "reply", "assist", "check", "conclude", "contact"),
        *("clear", "decide_reward"),
    }
)
# Keys of the frame and of the navigation.
_TAKEN = frozenset("jk/?.12345678")


@dataclass(frozen=True, slots=True)
class Offer:
    """可以办的: a command, the key that this page gives it, and whether it is the usual next step."""

    command: Command
    key: str
    usual: bool


@dataclass(frozen=True, slots=True)
class Due:
    """一步: what waits, with whom, until when."""

    title: str
    office: str
    who: str
    due_on: date | None
    light: str
    word: str


@dataclass(frozen=True, slots=True)
class Together:
    """联合到场, with names: `absent` were called and did not come."""

    on: date
    half: str
    came: str
    absent: str
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Matter:
    """一件工单 as this person may see it; `full`: with numbers and names, which was recorded."""

    state: TicketState
    words: Words
    rows: tuple[parts.Row, ...]
    contact: tuple[parts.Row, ...]
    tasks: tuple[Due, ...]
    alike: tuple[tuple[str, str], ...]
    trail: tuple[parts.Entry, ...]
    visits: tuple[Together, ...]
    offers: tuple[Offer, ...]
    full: bool

    @property
    def main(self) -> list[Offer]:
        return [one for one in self.offers if one.usual]

    @property
    def more(self) -> list[Offer]:
        return [one for one in self.offers if not one.usual]

    @property
    def first(self) -> Due | None:
        """What ends first."""
        return min(
            (one for one in self.tasks if one.light), key=lambda one: one.due_on or date.max, default=None
        )


def matter(state: TicketState, actor: Actor, today: date, calendar: Calendar, *, full: bool) -> Matter:
    """By a fixed number of queries. The caller records that it was looked at."""
    entries = queries.trail(state.region, state.id)
    texts = queries.texts(state.region, [entry.text for entry in entries if entry.text])
    tasks = queries.tasks_of(state, calendar)
    offices = {state.about.office, state.lead, *state.assisting, *(task.office for task in tasks)}
    offices |= {office for one in state.visits for office in (*one.came, *one.absent)}
    called = names(offices, {*(entry.actor for entry in entries), state.taken_by})
    words = queries.words(state)
    shown = (lambda text: text) if full else scrubbed
    return Matter(
        state=state,
        words=Words(shown(words.title), shown(words.text), shown(words.location)),
        rows=tuple(_rows(state, called)),
        contact=_contact(state, actor, full=full),
        tasks=tuple(_due(task, called, today, calendar) for task in tasks),
        alike=_alike(state),
        trail=tuple(
            parts.Entry(
                at=entry.at,
                what=gettext(entry.title),
                who=called.get(entry.actor, ""),
                note=shown(texts.get(entry.text, "")) if entry.text else "",
            )
            for entry in reversed(entries)
        ),
        visits=tuple(
            Together(
                one.on,
                gettext("上午") if one.half == "morning" else gettext("下午"),
                "、".join(called.get(office, office) for office in one.came),
                "、".join(called.get(office, office) for office in one.absent),
                called.get(one.by, ""),
                shown(texts.get(one.text, "")) if one.text else "",
            )
            for one in state.visits
        ),
        offers=_offers(state, actor),
        full=full,
    )


def _rows(state: TicketState, called: dict[str, str]) -> list[parts.Row]:
    about, category = state.about, queries.categories().get(state.category)
    assisting = "、".join(called.get(code, code) for code in state.assisting)
    rows = [
        (gettext("类型"), gettext(state.kind.label)),
        (gettext("来源"), gettext(state.channel.label)),
        (gettext("性质"), gettext(state.nature.label)),
        (gettext("紧急程度"), gettext(state.urgency.label)),
        (gettext("分类"), "›".join(category.path) if category else ""),
        (gettext("说的是哪个部门"), called.get(about.office, about.office)),
        (gettext("事项"), about.item),
        (gettext("办件编号"), about.case_number),
        (gettext("大厅和窗口"), "/".join(filter(None, (about.hall, about.window)))),
        (gettext("主办"), called.get(state.lead, state.lead)),
        (gettext("协办"), assisting),
        (gettext("第几次重办"), str(state.round) if state.round else ""),
        (gettext("哪次征集或座谈会"), queries.occasion_title(state)),
        *_class_rows(state),
        (gettext("销号期限"), day(state.clear_on) if state.clear_on else ""),
        (gettext("公布"), day(state.published_on) if state.published_on else ""),
        (gettext("销号"), day(state.cleared_on) if state.cleared_on else ""),
        (gettext("同样遇到的"), gettext("%(count)s人") % {"count": state.votes} if state.votes else ""),
        (gettext("奖励"), _reward(state)),
    ]
    return [parts.Row(label=label, value=value) for label, value in rows if value]


def _reward(state: TicketState) -> str:
    """奖励: how much, and how far it is."""
    one = state.reward
    if one is None:
        return ""
    if one.refused_on:
        return gettext("不同意奖励")
    if one.claimed_on:
        return gettext("%(amount)s，已登记领取") % {"amount": said_amount(one.fen, one.points)}
    if one.granted_on:
        return gettext("%(amount)s，等当事人领取") % {"amount": said_amount(one.fen, one.points)}
    return gettext("%(amount)s，等决定") % {"amount": said_amount(one.fen, one.points)}


def _class_rows(state: TicketState) -> list[tuple[str, str]]:
    """企业诉求: what its class is promised, the firm's and the project's code."""
    codes = [(gettext("统一社会信用代码"), state.about.firm), (gettext("项目代码"), state.about.project)]
    if state.kind is not Kind.ENTERPRISE:
        return codes
    standard = queries.standard_for(state.region, state.category)
    days = gettext("%(days)s个工作日") % {"days": state.terms.handle_days}
    return [
        (gettext("处置标准"), standard.standard if standard else ""),
        (gettext("办理时限"), days),
        *codes,
    ]


def _contact(state: TicketState, actor: Actor, *, full: bool) -> tuple[parts.Row, ...]:
    found = queries.contact(state, actor)
    if found is None:
        return ()
    name = found.name if full else masked_name(found.name)
    phone = found.phone if full else masked_phone(found.phone)
    rows = [
        (gettext("企业名称"), found.firm),
        (gettext("姓名"), name),
        (gettext("电话"), phone),
        (gettext("邮箱"), found.email if full else ""),
    ]
    return tuple(parts.Row(label=label, value=value) for label, value in rows if value)


def _due(task: Task, called: dict[str, str], today: date, calendar: Calendar) -> Due:
    return Due(
        title=pgettext("task", task.title),
        office=called.get(task.office, gettext("热线中心")),
        who=called.get(task.taken_by, ""),
        due_on=task.due_on,
        light=light(task.due_on, task.due_on, today),
        word=left(task.due_on, today, calendar),
    )


def _alike(state: TicketState) -> tuple[tuple[str, str], ...]:
    """可能重复: address and title, while it can still be merged."""
    rows = queries.list_alike(state, 5) if state.status.open else []
    titles: dict[UUID, str] = queries.titles((row.region, row.id) for row in rows)
    return tuple(
        (
            reverse("voices:ticket", args=(row.region, row.id)),
            f"{row.number} {scrubbed(titles.get(row.id, ''))}",
        )
        for row in rows
    )


def _offers(state: TicketState, actor: Actor) -> tuple[Offer, ...]:
    """What may be done now, the usual first; each key once."""
    keys, found = set(_TAKEN), []
    for command in sorted(queries.commands(state, actor), key=lambda one: one.name not in _USUAL):
        key = command.key if command.key not in keys else ""
        keys.add(key)
        found.append(Offer(command, key, command.name in _USUAL))
    return tuple(found)
