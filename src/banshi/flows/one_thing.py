"""一件事: a bundle as one matter — its own clock beside its cases', the leading department's view, one hand-over of all results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from banshi.contexts.cases import operations as cases
from banshi.contexts.cases import queries
from banshi.contexts.cases.values import CaseState, Input, Status
from banshi.contexts.intake import operations as intake
from banshi.contexts.intake import queries as applications
from banshi.contexts.intake.values import Application
from banshi.directory.calendar import calendar
from banshi.infra.store import Tx, write
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import civil_day


@dataclass(frozen=True, slots=True)
class Matter:
    """整件事: the application, its cases, and where the whole of it stands."""

    application: Application
    cases: tuple[CaseState, ...]

    @property
    def open(self) -> tuple[CaseState, ...]:
        """Not decided yet."""
        return tuple(case for case in self.cases if case.status.open)

    @property
    def waiting(self) -> tuple[CaseState, ...]:
        """Decided, with a result that lies ready to be handed over."""
        return tuple(case for case in self.cases if _ready(case))

    @property
    def over(self) -> bool:
        """Every case has come to its end, and every result was handed over."""
        return not self.open and not any(
            case.status in (Status.PASSED, Status.REFUSED) and not case.delivered_on for case in self.cases
        )

    @property
    def slowest(self) -> CaseState | None:
        """The open case that is due last: what the whole waits for."""
        return max(self.open, key=lambda case: case.due_on or date.max, default=None)

    def light(self, at: datetime) -> str:
        """亮灯 of the whole; none when it is over or has no clock."""
        asked = self.application
        if asked.done_on or self.over:
            return ""
        if asked.due_at and at > asked.due_at:
            return "red"
        return queries.light(asked.due_on, asked.warn_on, civil_day(at))


def _ready(case: CaseState) -> bool:
    made = case.status is Status.REFUSED or not case.plan.certificate or bool(case.certificate)
    return case.status in (Status.PASSED, Status.REFUSED) and made and case.delivered_on is None


def matter(region: str, id: UUID, actor: Actor) -> Matter:
    """One submission as a whole: for its applicant, its hall and the office that leads it. Raises `NotFound`."""
    application = applications.get_whole(region, id, actor)
    return Matter(application, tuple(queries.list_of_application(region, id)))


def list_led(actor: Actor, *, offset: int = 0, limit: int = 50) -> tuple[list[Matter], int]:
    """牵头部门看全程: unfinished bundles that this person's office leads, the most urgent first, and their exact count."""
    found, count = applications.list_led(
        actor.offices("officer", "approver", "leader"), offset=offset, limit=limit
    )
    return _with_cases(found), count


def _with_cases(found: Sequence[Application]) -> list[Matter]:
    cases_of = queries.list_of_applications([(one.region, one.id) for one in found])
    return [Matter(one, tuple(cases_of[one.id])) for one in found]


def hand_over(
    *, region: str, id: UUID, actor: Actor, at: datetime, how: str, command_id: UUID, partly: bool = False
) -> list[str]:
    """一次交付: all results at once, in one transaction; the ids of the cases whose results were handed over.

    While some are still open they are waited for, unless `partly`. Raises `NotFound`, `Refused`.
    """
    matter(region, id, actor)  # for whom it is not there, it is not there

    def work(tx: Tx) -> list[str]:
        now = matter(region, id, actor)
        _ready_or_refused(now, partly)
        for case in now.waiting:
            cases.act(
                "deliver",
                region=region,
                id=case.id,
                actor=actor,
                at=at,
                calendar=calendar(),
                given=Input(how=how),
            )
        return [str(case.id) for case in now.waiting]

    return write(work, at=at, actor=actor.code, region=region, command_id=command_id)


def _ready_or_refused(now: Matter, partly: bool) -> None:
    if not now.waiting:
        raise Refused("nothing_ready", "没有可以交付的结果。", "No result is ready to be handed over.")
    unready = [case.plan.name for case in now.cases if case.status.open or _in_making(case)]
    if unready and not partly:
        names = "、".join(unready)
        raise Refused(
            "not_all_ready",
            f"还有事项没有办完：{names}。可以等齐了一次领，也可以先领已经办好的。",
            f"Not finished yet: {names}. Wait for all, or hand over what is ready.",
            "",
            "partly",
        )


def _in_making(case: CaseState) -> bool:
    return case.status is Status.PASSED and not case.delivered_on and not _ready(case)


def settle(at: datetime) -> None:
    """整件事办结: a periodic duty that stops the clocks of bundles whose cases are all over. Repeatable."""
    after: UUID | None = None
    while found := applications.list_unfinished(after):
        after = found[-1].id
        over = [one for one in _with_cases(found) if one.over]
        if not over:
            continue

        def work(tx: Tx, over: Sequence[Matter] = tuple(over)) -> None:
            for one in over:
                intake.finish(tx, region=one.application.region, id=one.application.id, on=_last(one, at))

        write(work, at=at, actor=SYSTEM.code)


def _last(now: Matter, at: datetime) -> date:
    days: list[Any] = [case.delivered_on or case.closed_on for case in now.cases]
    return max((day for day in days if day), default=civil_day(at))
