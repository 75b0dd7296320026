"""亮灯查询: what is red or yellow in a supervisor's region, at whose office, since when, and by which clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from banshi.contexts.cases.models import Case, Task
from banshi.directory.values import prefix
from banshi.kernel.actors import Actor

CLOCKS = {
    "statutory": "法定时限", "promised": "承诺时限", "work": "环节时限", "accept": "受理期限",
    "special": "特别程序", "hearing": "听证期限", "deliver": "送达期限",
}  # fmt: skip
_OWN_CLOCKS = {"accept": "accept", "end_special": "special", "hearing": "hearing", "deliver": "deliver"}


@dataclass(frozen=True, slots=True)
class LitRow:
    """亮灯一行: what waits, at which office, who holds it and since when; `clock` (of `CLOCKS`) is the one that ends first."""

    region: str
    case: UUID
    key: str
    title: str
    office: str
    holder: str
    since_on: date
    due_on: date
    light: str
    clock: str
    number: str
    item_name: str


def lights(
    actor: Actor, today: date, *, office: str = "", search: str = "", clock: str = ""
) -> dict[str, int]:
    """亮灯 in the supervisor's region: exactly how many red, yellow and green, as far as clocks run."""
    rows = _supervised(actor, today, office, search, clock)
    return rows.aggregate(**{colour: Count("ends_on", filter=lit) for colour, lit in _lit(today).items()})


def lights_by_office(actor: Actor, today: date) -> dict[str, dict[str, int]]:
    """The same by office, with what is due `today`."""
    wanted = _lit(today) | {"today": Q(ends_on=today)}
    rows = _supervised(actor, today).order_by().values_list("office_code")
    counts = rows.annotate(**{name: Count("ends_on", filter=lit) for name, lit in wanted.items()})
    return {office: dict(zip(wanted, found, strict=True)) for office, *found in counts}


def red_by_holder(actor: Actor, today: date) -> dict[tuple[str, str], int]:
    """How many are red now, by office and holder."""
    rows = (
        _supervised(actor, today).filter(_lit(today)["red"]).order_by().values_list("office_code", "holder")
    )
    return {(office, holder): count for office, holder, count in rows.annotate(count=Count("*"))}


def list_red(
    actor: Actor,
    today: date,
    *,
    light: str = "",
    office: str = "",
    search: str = "",
    clock: str = "",
    offset: int = 0,
    limit: int = 50,
) -> list[LitRow]:
    """红灯、黄灯 in the supervisor's region, what ended longest ago first. `light` leaves red or yellow only."""
    lit = _lit(today)
    wanted = lit[light] if light else lit["red"] | lit["yellow"]
    rows = (
        _supervised(actor, today, office, search, clock).filter(wanted).order_by("ends_on", "case_id", "key")
    )
    page = list(rows[offset : offset + limit])
    cases = Case.objects.filter(
        region_code__in={row.region_code for row in page}, id__in={row.case_id for row in page}
    )
    statutory = dict(cases.values_list("id", "statutory_due_on"))
    return [
        LitRow(
            row.region_code,
            row.case_id,
            row.key,
            row.title,
            row.office_code,
            row.holder,
            row.since_on,
            row.ends_on,
            "red" if row.ends_on < today else "yellow",
            _clock(row, statutory.get(row.case_id), today),
            row.number,
            row.item_name,
        )
        for row in page
    ]


def _lit(today: date) -> dict[str, Q]:
    return {
        "red": Q(ends_on__lt=today),
        "yellow": Q(ends_on__gte=today, warns_on__lte=today),
        "green": Q(ends_on__gte=today) & (Q(warns_on__gt=today) | Q(warns_on=None)),
    }


def _supervised(
    actor: Actor, today: date, office: str = "", search: str = "", clock: str = ""
) -> QuerySet[Task]:
    wanted = Q(pk__in=[])
    for post in actor.held:
        if post.kind == "supervisor":
            wanted |= Q(region_code__startswith=prefix(post.region))
    rows = Task.objects.filter(wanted, ends_on__isnull=False)
    if office:
        rows = rows.filter(office_code=office)
    if search:
        rows = rows.filter(Q(number__contains=search) | Q(item_name__contains=search))
    own, keys = (
        Q(key__startswith="work:", ends_on=F("due_on")),
        {name: key for key, name in _OWN_CLOCKS.items()},
    )
    if clock == "work":
        rows = rows.filter(own)
    elif clock in keys:
        rows = rows.filter(key=keys[clock])
    elif clock:
        of_case = Case.objects.filter(
            Q(statutory_due_on__lt=today) | Q(statutory_due_on__lte=OuterRef("ends_on")),
            region_code=OuterRef("region_code"),
            id=OuterRef("case_id"),
        )
        rows = rows.exclude(own).exclude(key__in=_OWN_CLOCKS)
        rows = rows.filter(Exists(of_case) if clock == "statutory" else ~Exists(of_case))
    return rows


def _clock(row: Task, statutory: date | None, today: date) -> str:
    """Whose light it is: the work's own, else the case's; the statutory one as soon as that is over too."""
    if row.key.startswith("work:") and row.ends_on == row.due_on:
        return "work"
    if row.key in _OWN_CLOCKS:
        return _OWN_CLOCKS[row.key]
    return "statutory" if statutory and (statutory < today or statutory <= row.ends_on) else "promised"


def waiting_since(region: str, id: UUID) -> dict[str, date]:
    """Since when each thing waits in this case, by the key of its task."""
    return dict(Task.objects.filter(region_code=region, case_id=id).values_list("key", "since_on"))
