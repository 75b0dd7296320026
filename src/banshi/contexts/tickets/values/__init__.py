"""What a ticket consists of: what was said, by which rules of the place it runs, how far it has come, what waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from banshi.contexts.tickets.values.codes import (
    Breach,
    Channel,
    Gathering,
    Kind,
    Level,
    Mode,
    Nature,
    Outcome,
    Reply,
    Status,
    Trigger,
    Urgency,
)
from banshi.contexts.tickets.values.terms import Terms


class Words(Struct, frozen=True, omit_defaults=True):
    """诉求内容, personal: `title` and `text` as said, `location` in words."""

    title: str
    text: str = ""
    location: str = ""


class Contact(Struct, frozen=True, omit_defaults=True):
    """联系方式, personal: who said it, and how they are reached; for a firm its name, and `name` speaks for it."""

    name: str = ""
    phone: str = ""
    email: str = ""
    firm: str = ""


class About(Struct, frozen=True, omit_defaults=True):
    """诉求对象: what it is about, as keys. `case_number` is what people call the case by; `hall` and `window`: where."""

    case: UUID | None = None
    case_number: str = ""
    item: str = ""
    office: str = ""
    hall: str = ""
    window: str = ""
    review: UUID | None = None
    staff: str = ""  # code of who is complained of: may not handle it
    firm: str = ""  # 统一社会信用代码 of the firm that says it
    project: str = ""  # 项目代码 of its project


class Extension(Struct, frozen=True, omit_defaults=True):
    """延期: asked for by the unit, decided by who heads it."""

    days: int
    by: str
    on: date
    granted_on: date | None = None


class Told(Struct, frozen=True):
    """已提醒: which clock, how loudly, when."""

    key: str
    level: Literal["yellow", "red", "listed"]
    on: date


class Supervision(Struct, frozen=True, omit_defaults=True):
    """督办: why, how, when, about which office, and whether it answered."""

    trigger: Trigger
    mode: Mode
    on: date
    office: str
    text: UUID | None = None
    answered_on: date | None = None


class Accountability(Struct, frozen=True, omit_defaults=True):
    """追责: a breach, the responsible office and post, and what was done about it."""

    breach: Breach
    on: date
    office: str
    post: str = ""
    staff: str = ""
    text: UUID | None = None
    disposal: UUID | None = None
    disposed_on: date | None = None


class Visit(Struct, frozen=True, omit_defaults=True):
    """联合到场: a visit of several units together, what was agreed, and who was called and did not come."""

    on: date
    half: Literal["morning", "afternoon"]
    came: tuple[str, ...]
    by: str
    absent: tuple[str, ...] = ()
    text: UUID | None = None


class Reward(Struct, frozen=True, omit_defaults=True):
    """奖励: for something that was said and adopted; `by` proposed it, a post of `decider` decides, the person claims."""

    level: str
    by: str
    on: date
    decider: str
    fen: int = 0
    points: int = 0
    text: UUID | None = None
    granted_on: date | None = None
    granted_by: str = ""
    refused_on: date | None = None
    claimed_on: date | None = None
    how: str = ""

    @property
    def amount(self) -> str:
        """`50积分`, `200.00元`."""
        return amount(self.fen, self.points)


def amount(fen: int, points: int) -> str:
    """What a reward is, in words."""
    return f"{points}积分" if points else f"{fen // 100}.{fen % 100:02}元"


class OccasionState(Struct, frozen=True, omit_defaults=True):
    """场次: a survey round or a meeting from which tickets come. Title, words and questions lie in the private table."""

    id: UUID
    region: str
    kind: Gathering
    centre: str
    opens_on: date
    closes_on: date
    categories: tuple[str, ...] = ()
    seq: int = 0
    closed_on: date | None = None

    def taking(self, on: date) -> bool:
        """Whether on this day something may be said in it."""
        return self.closed_on is None and self.opens_on <= on <= self.closes_on


class Defect(Struct, frozen=True, omit_defaults=True):
    """事项缺陷: a cause that lies in an item's definition, and how it was settled."""

    cause: str
    item: str
    on: date
    settled: Literal["", "fixed", "no_defect"] = ""
    settled_on: date | None = None


class TicketState(Struct, frozen=True, omit_defaults=True):
    """工单: one thing that was said, from the saying to the person's own word that it is put right."""

    id: UUID
    region: str
    number: str
    kind: Kind
    channel: Channel
    nature: Nature
    centre: str  # code of the city or county whose centre sees to it
    terms: Terms
    raised_on: date
    raised_at: datetime
    category: str = ""
    urgency: Urgency = Urgency.NORMAL
    about: About = About()
    origin: str = ""
    place: str = ""  # town's or village's code, where the matter is
    party: UUID | None = None
    contact: UUID | None = None
    contact_index: str = ""
    words_index: str = ""
    confidential: bool = False  # the unit does not learn who said it
    no_reply: bool = False  # wants no answer
    seq: int = 0
    status: Status = Status.RAISED
    since_on: date | None = None  # of this status
    lead: str = ""
    assisting: tuple[str, ...] = ()
    assisted: tuple[str, ...] = ()  # those of them that have given their opinion
    decided: bool = False  # the centre has decided whose duty it is
    difficult: bool = False
    dispatched_on: date | None = None
    dispatched_at: datetime | None = None
    statutory_days: int = 0
    statutory_unit: Literal["workday", "day"] = "workday"
    returns: int = 0
    taken_by: str = ""
    signed_on: date | None = None
    contacted_on: date | None = None
    contact_misses: int = 0  # calls before the reply that nobody answered
    extension: Extension | None = None
    due_on: date | None = None  # the unit's
    provisional: bool = False
    redo_on: date | None = None  # sent back or opened again on that day
    replied_on: date | None = None
    replied_by: str = ""
    reply: Reply | None = None
    plan_on: date | None = None
    repairers: tuple[str, ...] = ()  # everybody who had a hand in it: none of them calls back
    round: int = 0
    attempts: int = 0
    level: Level | None = None
    proposed_by: str = ""  # of the termination
    ground: str = ""  # of a non-acceptance or termination
    parent: UUID | None = None
    children: tuple[UUID, ...] = ()
    cause: str = ""
    defects: tuple[Defect, ...] = ()
    urges: int = 0
    told: tuple[Told, ...] = ()
    supervisions: tuple[Supervision, ...] = ()
    breaches: tuple[Accountability, ...] = ()
    outcome: Outcome | None = None
    closed_on: date | None = None
    calendar: str = ""  # version of the calendar that the due day was reckoned by
    missed_at: datetime | None = None  # the last call from the ticket's page that nobody answered
    occasion: UUID | None = None  # the survey or meeting in which it was said
    weight: int = 0  # how bad it is, as who said it put it: 1 to 3
    votes: int = 0  # others who said: the same with me
    votes_weight: int = 0
    clear_on: date | None = None  # by when a point is to be cleared, as the centre has set it
    published_on: date | None = None
    published: UUID | None = None  # the words of the public list
    cleared_on: date | None = None
    cleared: UUID | None = None  # what was done, for the public list
    visits: tuple[Visit, ...] = ()
    reward: Reward | None = None

    @property
    def anonymous(self) -> bool:
        """No way to reach who said it."""
        return self.contact is None


class Task(Struct, frozen=True):
    """待办: what waits now, for which kind of post at which office (or of which centre), until when."""

    key: str  # dispatch, settle, sign, contact, handle, assist:OFFICE, extension, check, call, termination, escalation
    title: str
    office: str
    post: str
    due_on: date | None
    days: int = 1  # that it has in all: its last fifth is yellow
    taken_by: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """办理输入: what somebody states with a command. Free text is kept privately; here is where it lies."""

    verdict: str = ""
    kind: str = ""
    how: str = ""
    reference: str = ""  # an office, an item, a person's code, or a ticket's id
    offices: tuple[str, ...] = ()
    days: int = 0
    unit: str = "workday"
    on: date | None = None
    text: UUID | None = None
    digest: str = ""
    category: str = ""
    urgency: str = ""
    nature: str = ""
    post: str = ""
    person: str = ""  # code of who is responsible
    part: str = ""  # of an item's definition
    n: int = 0  # which defect or breach, from 0
    difficult: bool = False
    decided: bool = False
    confirmed: bool = False
    called: tuple[str, ...] = ()  # offices called to a visit
    where: str = ""  # of a visit; goes with the text
    fen: int = 0
    points: int = 0
    terms: dict[str, object] | None = None  # of the new class, where it has its own
    spaced: bool = False  # the queue of calls has seen to it that they do not follow too soon
