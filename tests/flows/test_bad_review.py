"""差评: said → a ticket of the rated unit → heard out within a working day → put right within five → checked → asked again by
somebody else → done, or once more, or up. Over 国庆, with every hand-off carried out twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from banshi.contexts.cases import queries as cases
from banshi.contexts.evaluation import operations as evaluation
from banshi.contexts.evaluation import queries
from banshi.contexts.evaluation.models import CallRow
from banshi.contexts.evaluation.values import About, Call, CallStatus
from banshi.contexts.tickets import operations as tickets
from banshi.contexts.tickets import queries as ticket_queries
from banshi.contexts.tickets.models import Ticket
from banshi.contexts.tickets.values import Input, TicketState
from banshi.contexts.tickets.values.codes import Kind, Level, Status
from banshi.directory.calendar import calendar
from banshi.directory.values import PostKind
from banshi.flows import call_backs, rate
from banshi.infra import outbox
from banshi.infra.models import Fact
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import civil_day
from banshi.site import wiring
from tests.conftest import StoppedClock
from tests.personas import CITY, LICHENG, Persona, huang, li, lin, staff
from tests.security.town import Matter, Visitor, applied, do, health, town, works

pytestmark = pytest.mark.django_db

REVIEWED = datetime(2026, 9, 30, 7, 30, tzinfo=UTC)  # the afternoon before the holiday
BACK = date(2026, 10, 8)  # the first working day after it
DUE = date(2026, 10, 13)  # 8, 9, Saturday 10 (worked), 12, 13
WORDS = "窗口说材料不齐，让我跑了三趟。"


def xu() -> Persona:
    """许回访, of the city's centre."""
    return staff("xu", "许回访", CITY, PostKind.CALLER)


def pai() -> Persona:
    return staff("pai", "潘派单", CITY, PostKind.DISPATCHER)


def shen() -> Persona:
    return staff("he2", "何审核", CITY, PostKind.REPLY_CHECKER)


@pytest.fixture(autouse=True)
def twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every handler works out what is to be done twice, and does it twice."""

    def doubled(handler: outbox.Handler) -> outbox.Handler:
        def run(recorded: Any, at: datetime) -> Callable[[Any], Any]:
            works = [handler(recorded, at), handler(recorded, at)]

            def work(tx: Any) -> None:
                for one in works:
                    if one:
                        one(tx)

            return work

        return run

    names = (
        "raise bad review",
        "call back",
        "carry contact",
        "call about ticket",
        "drop calls",
        "raise suggestion",
    )
    for name in names:
        monkeypatch.setitem(outbox._handlers, name, doubled(wiring.HANDLERS[name]))


@pytest.fixture
def matter(clock: StoppedClock) -> Matter:
    """李秀英's food licence, granted on the day before the holiday."""
    clock.at = REVIEWED
    town()
    found = applied(Visitor.signed_in(li()))
    officer = Visitor.signed_in(lin())
    do(officer, found, "accept", dispatch="on")
    works(found, officer, Visitor.signed_in(health()))
    do(officer, found, "review", verdict="pass")
    do(Visitor.signed_in(huang()), found, "decide", verdict="pass")
    deliver(clock)
    return found


def deliver(clock: StoppedClock) -> None:
    while outbox.deliver(clock.at):
        pass
    assert outbox.waiting() == {"pending": 0, "dead": 0}


def rated(matter: Matter, clock: StoppedClock, grade: str = "dissatisfied", **more: Any) -> None:
    state = cases.get_case(LICHENG, matter.case, SYSTEM)  # type: ignore[arg-type]
    said = rate.Said(grade, ("207",) if grade == "dissatisfied" else (), WORDS, **more)
    rate.rate_by_code(code=rate.code_of(state, clock.at), said=said, actor=Actor("anonymous"), at=clock.at)
    deliver(clock)


def ticket() -> TicketState:
    """The one that there is."""
    row = Ticket.objects.get(kind=Kind.BAD_REVIEW)
    return ticket_queries.get_ticket(row.region_code, row.id, SYSTEM)


def act(who: Persona, name: str, clock: StoppedClock, text: str = "", **given: Any) -> None:
    now = ticket()
    tickets.act(
        name, region=now.region, id=now.id, actor=who.actor, at=clock.at, calendar=calendar(),
        given=Input(**given), text=text,
    )  # fmt: skip
    deliver(clock)


def waiting(about: About) -> Call:
    row = CallRow.objects.get(about=about.value, done_at__isnull=True)
    return queries.get_call(row.region_code, row.id, SYSTEM)


def call(about: About, clock: StoppedClock, outcome: str, text: str = "", who: Persona | None = None) -> None:
    actor = (who or xu()).actor
    found = waiting(about)
    evaluation.claim_call(region=found.region, id=found.id, actor=actor, at=clock.at)
    now = queries.get_call(found.region, found.id, actor)
    call_backs.record(call=now, outcome=outcome, text=text, suggests=False, actor=actor, at=clock.at)
    deliver(clock)


def repaired(clock: StoppedClock, text: str = "公示了样本，向申请人说明，窗口重新培训。") -> None:
    """Signed, put right, replied to, and the reply checked."""
    if ticket().status is Status.DISPATCHED:
        act(lin(), "sign", clock)
    act(lin(), "reply", clock, text, verdict="solved")
    act(shen(), "check", clock, verdict="pass")


def dispatched(clock: StoppedClock) -> None:
    act(pai(), "dispatch", clock, reference=f"{LICHENG}-market")


def test_the_whole_loop_over_the_holiday(matter: Matter, clock: StoppedClock) -> None:
    rated(matter, clock)
    raised = ticket()
    review = queries.find_review(LICHENG, matter.case)  # type: ignore[arg-type]
    assert review and raised.about.review == review.id and raised.status is Status.RAISED
    assert (
        WORDS in ticket_queries.words(raised).text and "没有提供材料样本" in ticket_queries.words(raised).text
    )
    hearing = waiting(About.BAD_REVIEW)
    assert (hearing.subject, hearing.due_on) == (raised.id, BACK)
    dispatched(clock)
    assert ticket().due_on == DUE
    clock.at = datetime(2026, 10, 8, 2, tzinfo=UTC)
    with pytest.raises(Refused, match="先联系当事人"):
        repaired(clock)
    call(About.BAD_REVIEW, clock, "not_content", "窗口没有给样本。")
    assert ticket().contacted_on == BACK
    clock.at = datetime(2026, 10, 13, 9, tzinfo=UTC)
    repaired(clock)
    assert ticket().status is Status.CALLING and ticket().replied_on == DUE
    call(About.TICKET, clock, "content")
    ended = ticket()
    assert ended.status is Status.CLOSED and ended.closed_on == DUE
    assert Ticket.objects.count() == 1
    assert CallRow.objects.filter(about=About.TICKET.value).count() == 1


def test_who_is_rated_learns_what_was_said_and_not_by_whom(matter: Matter, clock: StoppedClock) -> None:
    rated(matter, clock)
    dispatched(clock)
    now = ticket()
    assert now.confidential and now.about.case is None and now.about.case_number == ""
    assert ticket_queries.contact(now, lin().actor) is None
    assert ticket_queries.get_ticket(now.region, now.id, lin().actor) == now
    shown = ticket_queries.words(now)
    assert "李秀英" not in shown.title + shown.text
    with pytest.raises(NotFound):
        queries.get_call(now.region, waiting(About.BAD_REVIEW).id, lin().actor)


def test_not_content_it_is_opened_again_asked_again_and_then_goes_up(
    matter: Matter, clock: StoppedClock
) -> None:
    rated(matter, clock)
    dispatched(clock)
    call(About.BAD_REVIEW, clock, "content")
    rounds = ticket().terms.rounds
    for n in range(rounds):
        repaired(clock)
        call(About.TICKET, clock, "not_content", "样本还是没有。")
        assert (ticket().status, ticket().round) == (Status.HANDLING, n + 1)
    repaired(clock)
    call(About.TICKET, clock, "not_content", "样本还是没有。")
    assert (ticket().status, ticket().level) == (Status.ESCALATED, Level.GOVERNMENT_OFFICE)
    assert CallRow.objects.filter(about=About.TICKET.value, done_at__isnull=False).count() == rounds + 1
    assert Ticket.objects.count() == 1


def test_nobody_who_put_it_right_calls_about_it(matter: Matter, clock: StoppedClock) -> None:
    rated(matter, clock)
    dispatched(clock)
    call(About.BAD_REVIEW, clock, "content")
    repaired(clock)
    found = waiting(About.TICKET)
    officer_too = Actor("staff", lin().actor.id, held=(*lin().actor.held, *xu().actor.held))
    moved = Actor("staff", lin().actor.id, held=xu().actor.held)  # at the centre now, who replied then
    for actor in (officer_too, moved):
        with pytest.raises(Refused) as refused:
            evaluation.claim_call(region=found.region, id=found.id, actor=actor, at=clock.at)
        assert refused.value.rule == "own_matter"


def test_heard_out_before_the_unit_had_it_counts_once_it_has(matter: Matter, clock: StoppedClock) -> None:
    rated(matter, clock)
    call(About.BAD_REVIEW, clock, "not_content", "窗口没有给样本。")
    assert ticket().contacted_on is None
    dispatched(clock)
    assert ticket().contacted_on == REVIEWED.date()
    repaired(clock)


def tried(clock: StoppedClock) -> None:
    """Called as soon as it may be, and nobody answered."""
    clock.at = max(clock.at, waiting(About.BAD_REVIEW).next_at)
    call(About.BAD_REVIEW, clock, "unreached")


@pytest.mark.parametrize("before", [0, 1, 3])
def test_who_never_answers_does_not_hold_up_what_is_put_right(
    matter: Matter, clock: StoppedClock, before: int
) -> None:
    """However many of the calls were made before the unit had the ticket."""
    rated(matter, clock)
    attempts = ticket().terms.attempts
    for _ in range(before):
        tried(clock)
    dispatched(clock)
    for n in range(before, attempts):
        with pytest.raises(Refused, match="先联系当事人"):
            repaired(clock)
        tried(clock)
        assert ticket().contact_misses == n + 1
    now = ticket()
    assert (now.contact_misses, now.contacted_on) == (attempts, None)
    told = Fact.objects.filter(stream_id=now.id, kind="tickets.ticket.contacted").values_list(
        "data", flat=True
    )
    assert [one["reached"] for one in map(json.loads, told)] == [False] * attempts
    assert not CallRow.objects.filter(about=About.BAD_REVIEW.value, done_at__isnull=True).exists()
    repaired(clock)
    assert ticket().status is Status.CALLING


def test_who_answers_the_second_call_is_heard(matter: Matter, clock: StoppedClock) -> None:
    rated(matter, clock)
    tried(clock)
    dispatched(clock)
    clock.at = max(clock.at, waiting(About.BAD_REVIEW).next_at)
    call(About.BAD_REVIEW, clock, "not_content", "窗口没有给样本。")
    now = ticket()
    assert (now.contact_misses, now.contacted_on) == (1, civil_day(clock.at))


def test_who_was_not_reached_is_tried_again_and_the_ticket_knows(matter: Matter, clock: StoppedClock) -> None:
    rated(matter, clock)
    dispatched(clock)
    call(About.BAD_REVIEW, clock, "content")
    repaired(clock)
    for n in range(ticket().terms.attempts):
        found = waiting(About.TICKET)
        clock.at = max(clock.at, found.next_at)
        call(About.TICKET, clock, "unreached")
        assert ticket().attempts == n + 1 or ticket().status is Status.CLOSED
    assert ticket().status is Status.CLOSED
    assert not CallRow.objects.filter(about=About.TICKET.value, done_at__isnull=True).exists()


def test_asked_on_the_ticket_itself_nobody_calls_again(matter: Matter, clock: StoppedClock) -> None:
    rated(matter, clock)
    dispatched(clock)
    call(About.BAD_REVIEW, clock, "content")
    repaired(clock)
    act(xu(), "call_back", clock, verdict="content")
    row = CallRow.objects.get(about=About.TICKET.value)
    assert (row.status, row.outcome) == (CallStatus.DONE.value, "")


def test_without_a_name_it_is_put_right_without_calls(matter: Matter, clock: StoppedClock) -> None:
    rated(matter, clock, named=False)
    assert ticket().anonymous and not CallRow.objects.filter(about=About.BAD_REVIEW.value).exists()
    dispatched(clock)
    repaired(clock)
    assert ticket().status is Status.CLOSED
    assert not CallRow.objects.filter(about=About.TICKET.value).exists()


def test_a_good_review_makes_no_ticket(matter: Matter, clock: StoppedClock) -> None:
    rated(matter, clock, "basically_satisfied")
    assert not Ticket.objects.exists()


# ---- calls about finished cases ----


def test_a_finished_case_is_queued_at_once_and_counted_once(matter: Matter, clock: StoppedClock) -> None:
    found = waiting(About.CASE)
    assert (found.subject, found.office, found.item) == (matter.case, f"{LICHENG}-market", "food-licence")
    _, services = queries.monthly("offices", REVIEWED.date(), REVIEWED.date())[f"{LICHENG}-market"]
    assert services == 1
    assert CallRow.objects.filter(about=About.CASE.value).count() == 1


def test_a_suggestion_made_on_the_telephone_becomes_a_ticket_and_is_told_back(
    matter: Matter, clock: StoppedClock
) -> None:
    found = waiting(About.CASE)
    actor = xu().actor
    evaluation.claim_call(region=found.region, id=found.id, actor=actor, at=clock.at)
    now = queries.get_call(found.region, found.id, actor)
    rate.rate_in_call(call=now, said=rate.Said("satisfied"), actor=actor, at=clock.at)
    call_backs.record(
        call=now, outcome="content", text="大厅周末也开就好了。", suggests=True, actor=actor, at=clock.at
    )
    deliver(clock)
    row = Ticket.objects.get()
    state = ticket_queries.get_ticket(row.region_code, row.id, SYSTEM)
    assert (state.kind, state.terms.handle_days) == (Kind.SUGGESTION, 5)
    assert ticket_queries.words(state).text == "大厅周末也开就好了。"
    assert state.about.case == matter.case and ticket_queries.contact(state, actor) is not None
    market = f"{LICHENG}-market"
    for who, name, text, given in (
        (pai(), "dispatch", "", {"reference": market}),
        (lin(), "sign", "", {}),
        (lin(), "reply", "十一月起周六上午开放。", {"verdict": "solved"}),
        (shen(), "check", "", {"verdict": "pass"}),
    ):
        tickets.act(
            name, region=state.region, id=state.id, actor=who.actor, at=clock.at, calendar=calendar(),
            given=Input(**given), text=text,  # type: ignore[arg-type]
        )  # fmt: skip
        deliver(clock)
    call(About.TICKET, clock, "content")
    assert ticket_queries.get_ticket(state.region, state.id, SYSTEM).status is Status.CLOSED
    review = queries.find_review(LICHENG, matter.case)  # type: ignore[arg-type]
    assert review and review.channel == "phone" and Ticket.objects.count() == 1


def test_a_refused_call_back_leaves_no_trace(matter: Matter, clock: StoppedClock) -> None:
    """What the ticket refuses, the call has not happened either."""
    rated(matter, clock)
    dispatched(clock)
    call(About.BAD_REVIEW, clock, "content")
    repaired(clock)
    found = waiting(About.TICKET)
    actor = xu().actor
    evaluation.claim_call(region=found.region, id=found.id, actor=actor, at=clock.at)
    now = queries.get_call(found.region, found.id, actor)
    with pytest.raises(Refused):
        call_backs.record(call=now, outcome="not_content", text=" ", suggests=False, actor=actor, at=clock.at)
    assert queries.get_call(found.region, found.id, actor).outcome is None
    assert ticket().status is Status.CALLING


def test_the_party_is_nowhere_but_in_the_private_tables(matter: Matter, clock: StoppedClock) -> None:
    rated(matter, clock)
    told = "".join(
        Fact.objects.filter(kind__startswith="evaluation.").values_list("data", flat=True)
    ) + "".join(Fact.objects.filter(kind__startswith="tickets.").values_list("data", flat=True))
    assert "李秀英" not in told and "10000000001" not in told and WORDS not in told
