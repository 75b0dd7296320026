"""开卷式审批: an item's clauses against what is stated and known, the same for applicant and officer; and 秒批, where rules
alone judge and all of them hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from banshi.contexts.cases import operations as cases
from banshi.contexts.cases import queries as case_queries
from banshi.contexts.cases.values import CaseState, Input, Status
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.catalogue.queries import Judged
from banshi.contexts.catalogue.values import Item
from banshi.contexts.certificates import queries as certificates
from banshi.contexts.instant import operations as instant
from banshi.contexts.intake import queries as applications
from banshi.contexts.intake.values import BROUGHT, Application
from banshi.directory import queries as directory
from banshi.directory.calendar import calendar
from banshi.infra.store import Tx
from banshi.kernel.actors import SYSTEM
from banshi.kernel.elements import AS_OF
from banshi.kernel.facts import NotFound, Recorded, Refused
from banshi.kernel.rules.explain import Used
from banshi.kernel.workdays import civil_day

type Known = dict[str, bool | date | str]

_VERDICTS = {"holds": "符合", "fails": "不符合", "unknown": "不能判断", "person": "由工作人员判断"}


@dataclass(frozen=True, slots=True)
class Look:
    """对照结果: an item's clauses as they stand; `as_of` is the day that is reckoned from."""

    item: Item
    judged: tuple[Judged, ...]
    as_of: date

    @property
    def all_hold(self) -> bool:
        return bool(self.judged) and all(one.verdict == "holds" for one in self.judged)

    def of(self, verdict: str) -> tuple[Judged, ...]:
        return tuple(one for one in self.judged if one.verdict == verdict)


def known(
    item: Item, *, party: UUID | None, region: str, on: date, application: Application | None = None
) -> Known:
    """What the item's rules may know without its being stated: of the party (None: of nobody yet), of the place, and
    what was fetched from outside with the applicant's consent.

    A certificate that is not found here may exist elsewhere: that is unknown, not false.
    """
    asks = catalogue.judge().asks(item)
    brought = applications.typed(application).get(BROUGHT) if application else None
    found: Known = {key: value for key, value in msgspec.json.decode(brought or "{}").items() if value}
    if region:
        found["place.city"] = region[:4]
    ref = directory.find_party_by_id(party) if party else None
    if ref is None:
        return found
    found |= directory.known_values(ref.region_code, ref.id)
    if not any(key.startswith(("held.", "until.")) for key in asks):
        return found
    for kind, identifier in certificates.held_by(ref.id, on).items():
        found[f"held.{kind}"] = True
        if f"until.{kind}" in asks and (
            until_on := certificates.get_by_identifier(identifier).valid_until_on
        ):
            found[f"until.{kind}"] = until_on
    return found


def look(
    item: Item,
    situations: frozenset[str],
    row: Mapping[str, Any],
    facts: Known,
    as_of: date,
    *,
    zh: bool = True,
) -> Look:
    """对照 before anything is handed in. `row`: what is stated and answered, as the form's rules see it."""
    judge = catalogue.judge()
    return Look(item, judge.judge(item, situations, {**row, **judge.facts(facts)}, zh=zh), as_of)


def look_at_case(state: CaseState, on: date, *, zh: bool = True) -> Look | None:
    """对照 of a case, by the version that it was received with; None where that has no clauses.

    An open case is judged as of `on`, one that has ended as of its last day.
    """
    try:
        item = catalogue.get_version(state.plan.item, state.plan.version)
    except NotFound:
        return None
    if not item.criteria:
        return None
    application = _application(state)
    answers = application.answers if application else {}
    as_of = state.closed_on or on
    facts = known(item, party=state.party, region=state.region, on=as_of, application=application)
    row = catalogue.judge().row(_stated(state, application), answers, facts, as_of)
    situations = catalogue.situations_of(item, answers)
    return Look(item, catalogue.judge().judge(item, situations, row, zh=zh), as_of)


def decide_at_once(recorded: Recorded, at: datetime) -> Callable[[Tx], Any] | None:
    """秒批: cases of what was submitted that rules alone judge are accepted and granted, where every clause holds and no
    paper is left to look at.

    Anything that fails or cannot be told waits for a person, as every other case does. Repeatable.
    """
    found = [
        (state, seen)
        for state in case_queries.list_of_application(recorded.stream.region, recorded.stream.id)
        if state.plan.at_once and state.status is Status.RECEIVED and not state.correction_supplied_on
        if (seen := look_at_case(state, civil_day(at)))
        and seen.all_hold
        and _complete(state, seen.item, seen.as_of)
    ]

    def work(tx: Tx) -> None:
        for state, seen in found:
            _grant(tx, state, seen, at)

    return work if found else None


def values_of(one: Judged) -> list[Used]:
    """用到的数据: each once, in the order in which the clause looks at them; the day is no datum of anybody."""
    used = {use.key: use for reason in one.reasons for atom in reason.atoms() for use in atom.used}
    return [use for use in used.values() if use.key != AS_OF]


def explained(found: Look) -> str:
    """理由: clause by clause, with the values used and the article, as it is kept on file."""
    lines = []
    for number, one in enumerate(found.judged, 1):
        values = "，".join(f"{used.label}：{used.value}" for used in values_of(one))
        because = f"（{values}）" if values else ""
        basis = one.criterion.basis
        lines.append(
            f"{number}. {one.criterion.text}{_VERDICTS[one.verdict]}{because}。依据《{basis.law}》{basis.article}。"
        )
    day = found.as_of
    return "\n".join([f"按公布的审批条件，系统于{day.year}年{day.month}月{day.day}日逐条核对：", *lines])


def _grant(tx: Tx, state: CaseState, found: Look, at: datetime) -> None:
    """Both steps are the case's own, with their law and clocks; what either refuses waits for a person."""
    if instant.stopped(tx, region=state.region, item=state.plan.item):
        return
    case: dict[str, Any] = {
        "region": state.region,
        "id": state.id,
        "actor": SYSTEM,
        "at": at,
        "calendar": calendar(),
    }
    try:
        cases.act("accept", expected_seq=state.seq, **case)
        keys = tuple(one.criterion.key for one in found.judged)
        cases.act("decide", given=Input(verdict="pass", looked=keys), text=explained(found), **case)
    except Refused:
        return
    instant.record(
        tx,
        region=state.region,
        case=state.id,
        item=state.plan.item,
        version=state.plan.version,
        office=state.office,
        criteria=[one.criterion.key for one in found.judged],
    )


def _complete(state: CaseState, item: Item, on: date) -> bool:
    """Every paper is a certificate that the platform itself holds; a scan has to be looked at by a person."""
    application = _application(state)
    handed = case_queries.subject(state).get("materials", ())
    held = set(certificates.held_by(state.party, on).values()) if handed else set()
    if application is None or any(one["reference"] not in held for one in handed):
        return False
    situations = catalogue.situations_of(item, application.answers)
    needed = {one.material for one in catalogue.needed_materials(item, situations) if not one.optional}
    return needed <= {one["code"] for one in handed}


def _application(state: CaseState) -> Application | None:
    try:
        return applications.get_application(state.region, state.application, SYSTEM)
    except NotFound:
        return None


def _stated(state: CaseState, application: Application | None) -> dict[str, str]:
    """What the case holds; of repeated groups, which it holds in words, the rows as they were typed."""
    values: dict[str, str] = dict(case_queries.subject(state).get("values", {}))
    if application is not None and state.correction_supplied_on is None:
        typed = applications.typed(application)
        values |= {key: typed[key] for key in values if typed.get(key, "").startswith("[")}
    return values
