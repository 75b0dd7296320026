"""评价: by whom a finished case was for — signed in, by a code, at a window's device, or asked on the telephone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from banshi.contexts.cases import queries as cases
from banshi.contexts.cases.values import CaseState
from banshi.contexts.evaluation import operations as evaluation
from banshi.contexts.evaluation import queries
from banshi.contexts.evaluation.values import About, Call, CallStatus, Channel, Link, Via, Visit
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import civil_day


@dataclass(frozen=True, slots=True)
class Said:
    """评价内容 as it was put in: `indicators` are codes, `named` that one may be asked back about it."""

    grade: str
    indicators: Sequence[str] = ()
    text: str = ""
    named: bool = True


def rate(
    *,
    region: str,
    case: UUID,
    grade: str,
    indicators: Sequence[str],
    text: str,
    channel: str,
    actor: Actor,
    at: datetime,
    named: bool = True,
    command_id: UUID | None = None,
) -> None:
    """评价一件办结的事. Raises `NotFound` for a foreign case, `Refused` for one that is not finished or rated already."""
    state = cases.get_case(region, case, actor)
    said = Said(grade, indicators, text, named)
    _review(state, 1, said, Via.SELF, channel, actor, at, command_id)


def code_of(state: CaseState, at: datetime, channel: Channel = Channel.QR_CODE, number: int = 1) -> str:
    """评价码 for one service of a case: whoever holds it may rate that service once, without signing in."""
    until_on = civil_day(at) + timedelta(days=queries.settings_for(state.region).link_days)
    return evaluation.link_of(Link(state.region, state.id, number, channel, until_on))


def address_of(code: str) -> str:
    """The public address at which a code is used."""
    return f"{settings.BANSHI.address}/r/{code}"


def asked(code: str, at: datetime) -> tuple[Link, CaseState]:
    """What a code asks to rate. Raises `BadLink` for a forged or expired one, `Refused` for what is not finished or rated already."""
    link = evaluation.open_link(code, civil_day(at))
    state = cases.get_case(link.region, link.case, SYSTEM)
    if link.assess_number == 1 and not _finished(state):
        raise _unfinished()
    if queries.find_review(link.region, link.case, link.assess_number):
        raise _rated()
    return link, state


def rate_by_code(
    *,
    code: str,
    said: Said,
    actor: Actor,
    at: datetime,
    terminal: bool = False,
    command_id: UUID | None = None,
) -> None:
    """凭码评价. `terminal`: at a kiosk. Raises `BadLink`, `Refused`."""
    link = evaluation.open_link(code, civil_day(at))
    state = cases.get_case(link.region, link.case, SYSTEM)
    channel = Channel.TERMINAL if terminal else link.channel
    _review(state, link.assess_number, said, Via.LINK, channel, actor, at, command_id)


def shown(device: str, at: datetime) -> tuple[Visit, CaseState] | None:
    """What the device of a window shows now; None while it waits. Raises `BadLink`."""
    visit = queries.current_visit(evaluation.open_device(device, civil_day(at)), at)
    return (visit, cases.get_case(visit.region, visit.case, SYSTEM)) if visit else None


def rate_at_device(
    *, device: str, service: UUID, said: Said, actor: Actor, at: datetime, command_id: UUID | None = None
) -> None:
    """评价器评价 of the service that the device showed; one that has gone meanwhile is not rated. Raises `BadLink`, `Refused`."""
    found = shown(device, at)
    if found is None or found[0].id != service:
        raise Refused(
            "visit_over",
            "这次服务的评价时间过了，没有评价。登录后在“我的办件”里仍然可以评价。",
            "The time to rate this visit is over; nothing was recorded. You can rate it under 'My matters'.",
        )
    visit, state = found
    _review(state, visit.assess_number, said, Via.DEVICE, Channel.HALL_TABLET, actor, at, command_id)


def rate_in_call(*, call: Call, said: Said, actor: Actor, at: datetime) -> None:
    """电话评价: what the person answered to the caller who holds the call. Raises `NotFound`, `Refused`."""
    held = call.status is CallStatus.CLAIMED and call.claimed_by == actor.code
    if call.about is not About.CASE or not held:
        raise NotFound("回访", "call")
    state = cases.get_case(call.region, call.subject, SYSTEM)
    _review(state, 1, said, Via.CALL, Channel.PHONE, actor, at, None)


def _review(
    state: CaseState,
    number: int,
    said: Said,
    via: Via,
    channel: str,
    actor: Actor,
    at: datetime,
    command_id: UUID | None,
) -> None:
    evaluation.review(
        region=state.region,
        case=state.id,
        item=state.plan.item,
        office=state.office,
        party=state.party,
        finished=_finished(state),
        grade=said.grade,
        indicators=tuple(said.indicators),
        text=said.text,
        named=said.named,
        channel=channel,
        assess_number=number,
        via=via,
        actor=actor,
        at=at,
        command_id=command_id,
    )


def _finished(state: CaseState) -> bool:
    return state.closed_on is not None


def _unfinished() -> Refused:
    return Refused(
        "not_finished",
        "这件事还没有办结，办结以后才能评价。",
        "This case is not finished; it can be reviewed once it is.",
        "GB/T 39734-2020",
    )


def _rated() -> Refused:
    return Refused(
        "reviewed_already",
        "这件事已经评价过，一次服务只评价一次。",
        "This service has been reviewed already; each is reviewed once.",
        "GB/T 39734-2020",
    )
