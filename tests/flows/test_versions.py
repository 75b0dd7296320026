"""改版: a running case stays on its version; the chosen ones go on by the new one, seen before, once."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from banshi.contexts.cases import events, operations, queries
from banshi.contexts.cases.values import CaseState
from banshi.contexts.catalogue import operations as catalogue
from banshi.contexts.catalogue import queries as published
from banshi.contexts.catalogue.values import Catalogue, Item, Limit, MaterialNeed, Work
from banshi.contexts.certificates import queries as certificates
from banshi.desks.console import cases as console
from banshi.desks.console.walk import Walk
from banshi.directory import queries as directory
from banshi.flows import apply
from banshi.infra.config import DATA
from banshi.infra.models import Fact
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import NotFound, Refused
from tests.flows.city import begin

pytestmark = pytest.mark.django_db
ITEM = "food-licence"


def revised(item: Item) -> Item:
    """The second version: no opinion of the health office, a session of both instead, six days promised."""
    works = tuple(
        replace(work, after=("site_check", "session")) if work.key == "conclusion" else work
        for work in item.works
        if work.key != "staff_check"
    )
    session = Work("session", "联合会商", "joint_session", "health", Limit(2), after=("paper_review",))
    return replace(item, works=(*works, session), promised=Limit(6))


@pytest.fixture
def walk(monkeypatch: pytest.MonkeyPatch) -> Walk:
    """Two restaurants have applied by the first version; then the second is published."""
    walk = begin("restaurant", monkeypatch)
    walk.scenario.pop("correct")
    walk.apply()
    first = walk.application
    walk.apply()
    walk.scenario["first"] = first
    known = published.read_files(DATA / "catalogue", DATA / "laws").catalogue
    assert known
    items = known.items | {ITEM: revised(known.items[ITEM])}
    catalogue.publish(
        catalogue=Catalogue(known.dictionaries, items, known.bundles), actor=SYSTEM, at=walk.now
    )
    return walk


def licences(walk: Walk) -> list[CaseState]:
    found = [
        *queries.list_of_application(walk.region, walk.scenario["first"]),
        *queries.list_of_application(walk.region, walk.application),
    ]
    return [state for state in found if state.plan.item == ITEM]


def run(walk: Walk, *numbers: str, yes: bool = True, **changes: Any) -> int:
    given: dict[str, Any] = {"by": "", "at": walk.now, "yes": yes, "numbers": numbers} | changes
    return console.migrate(ITEM, given.pop("start", 1), given.pop("to", 2), **given)


def test_running_cases_stay_on_their_version(walk: Walk) -> None:
    assert [state.plan.version for state in licences(walk)] == [1, 1]
    assert published.get_item(ITEM).version == 2
    for state in licences(walk):
        walk.command(state, "accept")
    assert all(state.plan.promised.days == 7 for state in licences(walk))


def test_first_it_is_shown_and_nothing_done(walk: Walk, capsys: pytest.CaptureFixture[str]) -> None:
    walk.command(licences(walk)[0], "accept")
    before, facts = licences(walk), Fact.objects.count()
    assert run(walk, yes=False) == 0
    said = capsys.readouterr().out
    assert "增加环节：联合会商" in said and "取消环节：核对从业人员健康证明" in said
    assert "承诺到期日：2026-04-09 → 2026-04-08" in said and "承诺时限：7 → 6" in said
    assert "可以改 2 件" in said and "--yes" in said
    assert (licences(walk), Fact.objects.count()) == (before, facts)


def test_then_it_is_done_a_fact_each_and_not_again(walk: Walk) -> None:
    walk.command(licences(walk)[0], "accept")
    assert run(walk) == 0
    for state in licences(walk):
        assert state.plan.version == 2
        assert [work.key for work in state.plan.works] == [
            "paper_review",
            "site_check",
            "conclusion",
            "session",
        ]
        assert operations.folded(queries.facts(state.region, state.id)) == state
    assert Fact.objects.filter(kind=events.PLAN_MIGRATED).count() == 2
    assert run(walk) == 0
    assert Fact.objects.filter(kind=events.PLAN_MIGRATED).count() == 2


def test_what_is_done_of_a_case_stays_done_and_the_rest_goes_on(walk: Walk) -> None:
    state = licences(walk)[0]
    walk.command(state, "accept")
    walk.command(licences(walk)[0], "opine", work="paper_review", verdict="agree")
    assert run(walk, state.number) == 0
    moved = licences(walk)[0]
    assert {work.key: work.status for work in moved.works} == {
        "paper_review": "done", "site_check": "open", "session": "open", "conclusion": "waiting",
    }  # fmt: skip
    opened = moved.work("session")
    assert opened and opened.due_on == walk.calendar.add(walk.now.date(), 2)


def test_what_was_reviewed_is_reviewed_again_once_a_new_work_is_done(walk: Walk) -> None:
    state = licences(walk)[0]
    while not licences(walk)[0].review_verdict:
        for task in queries.tasks_of(licences(walk)[0]):
            walk.act_on(licences(walk)[0], task)
    assert run(walk, state.number) == 0
    moved = licences(walk)[0]
    assert [task.key for task in queries.tasks_of(moved)] == ["work:session"]
    walk.command(moved, "opine", work="session", verdict="agree", text="会商纪要", office="350502-health")
    moved = licences(walk)[0]
    assert [task.key for task in queries.tasks_of(moved)] == ["review"]
    assert operations.folded(queries.facts(moved.region, moved.id)) == moved


def test_only_the_chosen_ones(walk: Walk) -> None:
    first, second = licences(walk)
    assert run(walk, second.number) == 0
    assert [state.plan.version for state in licences(walk)] == [1, 2]
    assert first == licences(walk)[0]


def test_who_did_it_is_recorded(walk: Walk) -> None:
    state = licences(walk)[0]
    actor = walk.person(state.office, "officer")
    from banshi.directory.models import Staff

    username = Staff.objects.get(id=int(actor.id)).username
    assert run(walk, state.number, by=username) == 0
    assert Fact.objects.get(kind=events.PLAN_MIGRATED).actor == actor.code
    with pytest.raises(NotFound):
        run(walk, by="nobody-here")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"numbers": ["350502202601010000001"]}, Refused),
        ({"to": 9}, NotFound),
        ({"to": 1}, Refused),
    ],
)
def test_what_is_not_there_is_named(walk: Walk, changes: dict[str, Any], refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        run(walk, **changes)
    assert not Fact.objects.filter(kind=events.PLAN_MIGRATED).exists()


def test_a_case_that_was_transferred_stays_with_its_office(walk: Walk) -> None:
    state = licences(walk)[0]
    walk.command(state, "accept")
    to = next(office.code for office in queries.transfer_offices(state))
    walk.command(licences(walk)[0], "transfer", reference=to, text="由市级办理")
    assert run(walk, state.number) == 0
    moved = licences(walk)[0]
    assert moved.office == to
    assert {work.office for work in moved.plan.works if work.key != "session"} == {to}


def test_a_closed_case_is_left_alone(walk: Walk) -> None:
    state = licences(walk)[0]
    walk.command(state, "withdraw", by=walk.citizen)
    assert run(walk) == 0
    assert [one.plan.version for one in licences(walk)] == [1, 2]


def test_a_plan_says_what_the_definition_and_the_place_say(walk: Walk) -> None:
    item = published.get_item("entertainment-licence")
    plan = apply.plan(apply.Chosen(item.definition, item.version, frozenset()), walk.region)
    assert (plan.hearing, plan.discretion, plan.limits.pack) == ("required", "restricted", "quanzhou")
    licence = next(state.plan for state in licences(walk))
    visit = next(work for work in licence.works if work.kind == "site_visit")
    assert (visit.people, len(visit.checklist)) == (2, 6)
    assert [work.key for work in licence.works if work.silence == "agree"] == ["staff_check"]
    assert licence.safety and not licence.renews


def test_a_renewal_knows_what_it_renews_and_until_when_that_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("restaurant", monkeypatch)
    walk.whole()
    held = next(state.certificate for state in walk.states() if state.plan.item == ITEM)
    known = published.read_files(DATA / "catalogue", DATA / "laws").catalogue
    assert known
    renewal = replace(
        known.items[ITEM],
        renewable=True,
        materials=(*known.items[ITEM].materials, MaterialNeed("M-FOOD-LICENCE")),
    )
    catalogue.publish(
        catalogue=Catalogue(known.dictionaries, known.items | {ITEM: renewal}, known.bundles),
        actor=SYSTEM,
        at=walk.now,
    )
    ref = directory.find_party_by_id(walk.party)
    assert ref
    person = directory.known_values(ref.region_code, ref.id)
    told = {"operator_name": person["person.name"], "operator_id": person["person.resident_id"]}
    changes = {"target": f"item:{ITEM}", "search": "食品经营许可", "values": walk.scenario["values"] | told}
    again = Walk(walk.scenario | changes, walk.say, walk.now)
    again.apply()
    (state,) = again.states()
    assert state.plan.renews == held
    assert state.plan.expires_on == certificates.get_by_identifier(held).valid_until_on
