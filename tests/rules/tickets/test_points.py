"""堵点、联合到场、回拨间隔、企业分类: table by table, and what is refused with its words."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from banshi.contexts.tickets import files
from banshi.contexts.tickets.files import BadPack, Pack, check_pack
from banshi.contexts.tickets.rules import intake, points
from banshi.contexts.tickets.rules.occasions import admit_occasion, evolve_occasion
from banshi.contexts.tickets.rules.permits import offered
from banshi.contexts.tickets.rules.state import evolve, tasks
from banshi.contexts.tickets.values import About, Contact, OccasionState, TicketState
from banshi.contexts.tickets.values.codes import Kind, Reply, Status
from banshi.contexts.tickets.values.terms import RewardLevel
from banshi.kernel.facts import Fact, Refused
from tests.rules.tickets.life import (
    CALENDAR,
    CALLER,
    CHECKER,
    CHIEF,
    DISPATCHER,
    KUIWEN,
    MARKET,
    MARKETMAN,
    OPERATOR,
    ROADMAN,
    ROADS,
    STRANGER,
    WEIFANG,
    at,
    calling,
    do,
    handling,
    raised,
)

MON = at("2026-03-02")
DAY = date(2026, 4, 1)
GOLDEN = Path(__file__).resolve().parents[2] / "contexts/tickets/golden/occasions"


def assigned(**more: Any) -> TicketState:
    state = raised(Kind.PAIN_POINT, when=MON, **more)
    return do(state, "assign", DISPATCHER, MON, reference=ROADS, offices=(MARKET,), on=DAY)


def solved() -> TicketState:
    state = do(assigned(contact=None), "sign", ROADMAN, MON)
    state = do(state, "reply", ROADMAN, at("2026-03-20"), verdict="solved", confirmed=True)
    return do(state, "check", CHECKER, at("2026-03-23"), verdict="pass")


def rule_of(call: Any) -> str:
    with pytest.raises(Refused) as told:
        call()
    assert told.value.zh and told.value.en
    return told.value.rule


def test_a_point_has_the_day_that_the_centre_sets_and_is_struck_off_when_solved() -> None:
    state = assigned()
    assert (state.due_on, state.clear_on, state.lead, state.assisting) == (DAY, DAY, ROADS, (MARKET,))
    done = solved()
    assert done.status is Status.CLOSED
    assert [task.key for task in tasks(done, CALENDAR)] == ["clear"]
    after = do(done, "clear", CHIEF, at("2026-03-24"))
    assert (after.cleared_on, tasks(after, CALENDAR)) == (date(2026, 3, 24), ())
    assert rule_of(lambda: do(after, "clear", CHIEF, at("2026-03-24"))) == "not_solved"


@pytest.mark.parametrize(
    ("state", "name", "actor", "given", "rule"),
    [
        (raised(Kind.PAIN_POINT), "assign", DISPATCHER, {"reference": ROADS}, "clear_day"),
        (raised(Kind.PAIN_POINT), "assign", DISPATCHER, {"reference": ROADS, "on": date(2026, 3, 2)}, "clear_day"),
        (raised(Kind.PAIN_POINT), "assign", DISPATCHER, {"on": DAY}, "lead"),
        (raised(Kind.HOTLINE), "assign", DISPATCHER, {"reference": ROADS, "on": DAY}, "not_a_point"),
        (raised(Kind.HOTLINE), "publish", DISPATCHER, {}, "not_a_point"),
        (raised(Kind.PAIN_POINT), "publish", DISPATCHER, {"text": None}, "words_needed"),
        (raised(Kind.PAIN_POINT), "publish", OPERATOR, {}, "not_your_post"),
        (raised(Kind.PAIN_POINT), "assign", STRANGER, {"reference": ROADS, "on": DAY}, "not_found"),
        (replace(solved(), reply=Reply.EXPLAINED), "clear", CHIEF, {}, "not_solved"),
        (replace(solved(), repairers=(CHIEF.code,)), "clear", CHIEF, {}, "other_hand"),
        (solved(), "clear", CHIEF, {"text": None}, "words_needed"),
    ],
)  # fmt: skip
def test_what_a_point_refuses(state: TicketState, name: str, actor: Any, given: Any, rule: str) -> None:
    assert rule_of(lambda: do(state, name, actor, MON + timedelta(hours=1), **given)) == rule


def test_a_point_is_assigned_and_nothing_else_is() -> None:
    names = {kind: {one.name for one in offered(raised(kind), DISPATCHER)} for kind in Kind}
    for kind, found in names.items():
        assert ("assign" in found, "dispatch" in found) == (
            kind is Kind.PAIN_POINT,
            kind is not Kind.PAIN_POINT,
        )


@pytest.mark.parametrize(("weight", "rule"), [(0, "weight"), (4, "weight"), (-1, "weight")])
def test_how_bad_it_is_is_one_of_three(weight: int, rule: str) -> None:
    state = do(raised(Kind.PAIN_POINT), "publish", DISPATCHER, MON)
    assert rule_of(lambda: points.second(state, weight, MON, "anonymous")) == rule


def test_others_say_the_same_while_it_is_published_and_open() -> None:
    quiet = raised(Kind.PAIN_POINT)
    assert rule_of(lambda: points.second(quiet, 2, MON, "anonymous")) == "point_over"
    state = do(quiet, "publish", DISPATCHER, MON)
    for weight in (1, 3):
        (fact,) = points.second(state, weight, MON, "anonymous")
        assert "by" not in fact.data, "who said so stands nowhere but in the audit"
        state = evolve(state, fact)
    assert (state.votes, state.votes_weight) == (2, 4)
    over = do(solved(), "publish", DISPATCHER, at("2026-03-24"))
    assert rule_of(lambda: points.second(over, 2, MON, "anonymous")) == "point_over"


# ---- a visit of several units ----


def visit(state: TicketState, actor: Any = ROADMAN, **given: Any) -> TicketState:
    usual = {"on": date(2026, 3, 3), "how": "morning", "offices": (ROADS,), "called": ()}
    return do(state, "visit", actor, at("2026-03-03", 15), **(usual | given))


def test_who_was_called_and_did_not_come_is_named() -> None:
    state = handling(MON, offices=(MARKET,))
    (one,) = visit(state).visits
    assert (one.came, one.absent, one.half, one.by) == ((ROADS,), (MARKET,), "morning", ROADMAN.code)
    (one,) = visit(state, MARKETMAN, offices=(ROADS, MARKET)).visits
    assert one.absent == ()
    (one,) = visit(state, offices=(ROADS, MARKET), called=(f"{KUIWEN}-police",)).visits
    assert one.absent == (f"{KUIWEN}-police",)


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"on": None}, "visit_day"),
        ({"on": date(2026, 3, 4)}, "visit_day"),
        ({"how": ""}, "half"),
        ({"offices": ()}, "several_units"),
        ({"offices": (f"{KUIWEN}-police",)}, "several_units"),
        ({"text": None}, "words_needed"),
    ],
)
def test_what_a_visit_refuses(given: Any, rule: str) -> None:
    assert rule_of(lambda: visit(handling(MON, offices=(MARKET,)), **given)) == rule


def test_one_unit_alone_is_no_joint_visit() -> None:
    assert rule_of(lambda: visit(handling(MON))) == "several_units"


# ---- calls that nobody answered ----


@pytest.mark.parametrize(("hours", "refused"), [(0, True), (3.9, True), (4, False), (30, False)])
def test_calls_that_nobody_answered_keep_their_distance(hours: float, refused: bool) -> None:
    state = handling(MON)
    state = do(state, "contact", ROADMAN, MON, verdict="unreached", text=None)
    then = MON + timedelta(hours=hours)
    if refused:
        assert rule_of(lambda: do(state, "contact", ROADMAN, then, verdict="unreached")) == "too_soon"
    else:
        assert do(state, "contact", ROADMAN, then, verdict="unreached").contact_misses == 2
    assert do(state, "contact", ROADMAN, then, verdict="reached").contacted_on, "an answer is never too soon"


def test_the_queue_of_calls_has_its_own_distance() -> None:
    state = do(calling(MON), "call_back", CALLER, at("2026-03-03"), verdict="unreached", text=None)
    again = do(state, "call_back", CALLER, at("2026-03-03"), verdict="unreached", text=None, spaced=True)
    assert again.attempts == 2


def test_a_place_without_such_a_distance_has_none() -> None:
    state = replace(handling(MON), terms=replace(handling(MON).terms, retry_hours=0))
    for _ in range(2):
        state = do(state, "contact", ROADMAN, MON, verdict="unreached", text=None)
    assert state.contact_misses == 2


# ---- firms ----


@pytest.mark.parametrize(
    ("category", "days"),
    [("", 5), ("enterprise", 5), ("enterprise.tax.refund", 5), ("enterprise.project.approval", 10), ("enterprise.factors", 10)],
)  # fmt: skip
def test_a_class_of_firms_problems_has_its_own_days(category: str, days: int) -> None:
    assert files.terms_for("350502", Kind.ENTERPRISE, category).handle_days == days
    assert files.terms_for("350502", Kind.HOTLINE, category).handle_days == 5


@pytest.mark.parametrize(
    ("category", "words"), [("enterprise.finance.loan", "兑现"), ("enterprise", "专人联系"), ("road", ""), ("", "")]
)  # fmt: skip
def test_the_standard_is_that_of_the_lowest_class_that_has_one(category: str, words: str) -> None:
    found = files.standard_for("350502", category)
    assert words in found.standard if found and words else found is None


@pytest.mark.parametrize(
    ("code", "given"),
    [("91350502MA2XYY123F", "91350502MA2XYY123F"), (" 91350502ma2xyy123f", "91350502MA2XYY123F"), ("", "")],
)
def test_a_firm_s_code_is_kept_in_normal_form(code: str, given: str) -> None:
    assert intake.firm(About(firm=code, project=" 2603-a ")).firm == given


def test_a_firm_that_is_named_can_be_reached() -> None:
    assert intake.reachable(None) is None and intake.reachable(Contact(name="陈经理")) is None
    assert intake.reachable(Contact(phone="13850004444", firm="鲤城食品")) == Contact(
        phone="13850004444", firm="鲤城食品"
    )
    assert rule_of(lambda: intake.reachable(Contact(firm="鲤城食品"))) == "phone_needed"


@pytest.mark.parametrize("code", ["91350502MA2XYY123G", "123", "企业"])
def test_a_code_that_is_none_is_refused(code: str) -> None:
    assert rule_of(lambda: intake.firm(About(firm=code))) == "firm"


# ---- packs, rounds ----


@pytest.mark.parametrize(
    "wrong",
    [
        {"terms": ({"set": "handle_days", "to": 5, "source": "x", "categories": ["nothing"]},)},
        {"standards": ({"category": "nothing", "standard": "x", "source": "x"},)},
        {"rewards": {"source": "x", "levels": [], "ways": {"a": "b"}}},
        {"rewards": {"source": "x", "levels": [{"key": "a", "name": "b"}], "ways": {"a": "b"}}},
        {"rewards": {"source": "x", "levels": [{"key": "a", "name": "b", "fen": 1, "points": 1}], "ways": {"a": "b"}}},
        {"rewards": {"source": "x", "levels": [{"key": "a", "name": "b", "fen": 1}], "ways": {}}},
        {"rewards": {"source": "x", "levels": [{"key": "a", "name": "b", "fen": 1}] * 2, "ways": {"a": "b"}}},
    ],
)  # fmt: skip
def test_a_pack_that_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    pack = msgspec.convert({"pack": "a", "name": "甲", "regions": ["35"], **wrong}, Pack)
    with pytest.raises(BadPack):
        check_pack(pack, "a")


def test_a_level_is_money_or_points() -> None:
    rule = files.rewards_for("350502")
    assert rule is not None and all(isinstance(level, RewardLevel) for level in rule.levels)


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"kind": "party"}, "occasion_kind"),
        ({"title": " "}, "title_needed"),
        ({"title": "长" * 121}, "title_needed"),
        ({"opens_on": None}, "period"),
        ({"closes_on": date(2026, 3, 1)}, "period"),
        ({"closes_on": date(2027, 4, 1)}, "period"),
        ({"opens_on": date(2026, 1, 1), "closes_on": date(2026, 2, 1)}, "period_over"),
        ({"actor": CHECKER}, "not_your_post"),
    ],
)
def test_what_a_round_refuses(given: dict[str, Any], rule: str) -> None:
    usual = {
        "kind": "survey",
        "title": "堵点大家说",
        "opens_on": date(2026, 3, 2),
        "closes_on": date(2026, 3, 31),
        "on": date(2026, 3, 2),
        "actor": DISPATCHER,
        "centre": WEIFANG,
    }
    assert rule_of(lambda: admit_occasion(**(usual | given))) == rule


def test_a_round_s_facts_fold_to_what_they_have_always_given() -> None:
    state: OccasionState | None = None
    for name in ("opened", "closed"):
        found = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
        for sample in found["samples"]:
            state = evolve_occasion(state, Fact(found["kind"], sample["data"]))
            assert json.loads(msgspec.json.encode(state)) == sample["gives"]
            assert not {"title", "text", "location", "questions"} & set(sample["data"])
    assert state is not None
    assert not state.taking(date(2026, 3, 10))


@pytest.mark.parametrize(("day", "taking"), [(1, False), (2, True), (31, True)])
def test_a_round_takes_something_in_its_days(day: int, taking: bool) -> None:
    data = json.loads((GOLDEN / "opened.json").read_text("utf-8"))["samples"][0]["data"]
    state = evolve_occasion(None, Fact("tickets.occasion.opened", data))
    assert state.taking(date(2026, 3, day)) is taking and not state.taking(date(2026, 4, 1))
