"""一件事: the whole has a clock of its own, its leading office sees all of it, and its results are handed over at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from banshi.contexts.cases import queries
from banshi.contexts.cases.values import Status
from banshi.contexts.intake import events
from banshi.contexts.intake import queries as applications
from banshi.directory import queries as directory
from banshi.flows import one_thing
from banshi.infra.models import Fact
from banshi.infra.store import new_id
from banshi.kernel.actors import SYSTEM, Actor, Post
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import civil_day
from banshi.site import wiring
from tests.flows.city import begin

pytestmark = pytest.mark.django_db


def test_the_clock_of_the_whole_is_that_of_its_longest_item(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("restaurant", monkeypatch)
    walk.apply()
    whole = one_thing.matter(walk.region, walk.application, walk.citizen)
    longest = max(state.plan.promised.days for state in whole.cases)
    assert whole.application.due_on == walk.calendar.add(civil_day(walk.now), longest)
    assert whole.light(walk.now) == "green"
    assert whole.light(walk.now + timedelta(days=60)) == "red"
    assert len(whole.open) == len(whole.cases)


def test_the_leading_office_sees_the_whole_and_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("restaurant", monkeypatch)
    walk.apply()
    lead = walk.person(f"{walk.region}-market", "officer")
    found, count = one_thing.list_led(lead)
    assert count == 1
    assert {case.id for case in found[0].cases} == set(walk.cases)
    other = Actor("staff", "99", (Post("officer", f"{walk.region}-fire", walk.region),))
    assert one_thing.list_led(other) == ([], 0)
    with pytest.raises(NotFound):
        one_thing.matter(walk.region, walk.application, other)


def test_a_window_waits_for_the_last_result(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("enterprise-change", monkeypatch)
    walk.apply()
    first, *rest = walk.states()
    walk.command(first, "accept")
    state = queries.get_case(first.region, first.id, SYSTEM)
    if state.status is Status.IN_REVIEW:
        for work in state.works:
            walk.command(state, "opine", work=work.key, verdict="agree", office=state.plan.works[0].office)
        state = queries.get_case(first.region, first.id, SYSTEM)
        if not state.plan.instant:
            walk.command(state, "review", verdict="pass")
        walk.command(state, "decide", verdict="refuse", text="演示：理由和依据。")

    def hand_over(partly: bool = False) -> list[str]:
        return one_thing.hand_over(
            region=walk.region,
            id=walk.application,
            actor=SYSTEM,
            at=walk.now,
            how="window",
            command_id=new_id(),
            partly=partly,
        )

    with pytest.raises(Refused) as told:
        hand_over()
    assert told.value.rule == "not_all_ready"
    assert all(case.plan.name in told.value.zh for case in rest)
    assert hand_over(partly=True) == [str(first.id)]


def test_the_clock_of_the_whole_rests_when_every_case_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("enterprise-change", monkeypatch)
    walk.apply()
    one_thing.settle(walk.now)
    assert applications.get_application(walk.region, walk.application, SYSTEM).done_on is None
    walk.departments()
    walk.outbox()
    for _ in range(2):  # running it twice does no harm
        one_thing.settle(walk.now)
        assert Fact.objects.filter(kind=events.FINISHED).count() == 1
    done = applications.get_application(walk.region, walk.application, SYSTEM)
    assert done.done_on == max(state.delivered_on for state in walk.states())
    lead = walk.person(f"{walk.region}-market", "officer")
    assert one_thing.list_led(lead) == ([], 0)


def test_nobody_has_to_see_to_that(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scheduler's duties, as the house is wired, find the bundle that is over."""
    walk = begin("enterprise-change", monkeypatch)
    walk.apply()
    walk.departments()
    walk.outbox()
    for duty in wiring.DUTIES:
        duty.run(walk.now)
    done = applications.get_application(walk.region, walk.application, SYSTEM)
    assert done.done_on == max(state.delivered_on for state in walk.states())


def test_branches_each_get_their_own_cases_in_their_own_county(monkeypatch: pytest.MonkeyPatch) -> None:
    """连锁批量变更, row 65: one agent, one submission, n branches."""
    walk = begin("chain", monkeypatch)
    walk.apply()
    numbers = [walk.scenario["for"], *walk.scenario["branches"]]
    assert len(walk.others) == len(numbers) - 1
    per_firm = len(queries.list_of_application(walk.region, walk.application))
    assert len(walk.cases) == per_firm * len(numbers)
    for (region, id), number in zip(walk.others, numbers[1:], strict=True):
        ref = directory.find_party(number)
        assert ref is not None
        assert region == ref.region_code
        for state in queries.list_of_application(region, id):
            assert state.party == ref.id
            assert state.office.startswith(region)
            stated = queries.subject(state)
            assert stated["applicant_number"] == number
            assert number in stated["values"].values() or "enterprise_uscc" not in stated["values"]
    with_batch = applications.get_application(walk.region, walk.application, walk.citizen)
    assert with_batch.batch is not None


def test_a_branch_of_somebody_else_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("chain", monkeypatch, branches=["91350599YYYY99024J"])
    with pytest.raises(NotFound):
        walk.apply()
    assert queries.list_of_application(walk.region, walk.application) == []


def test_too_many_branches_are_refused_before_anything_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("chain", monkeypatch, branches=[])
    monkeypatch.setattr("banshi.flows.apply.hand_in.MOST_BRANCHES", 0)
    monkeypatch.setattr(walk, "branches", lambda: (walk.party,))
    with pytest.raises(Refused) as told:
        walk.apply()
    assert told.value.rule == "too_many_branches"
