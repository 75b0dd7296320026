"""办件状态转换: which state allows which command, who may take which step, and what is offered to whom."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from banshi.contexts.cases import events
from banshi.contexts.cases.rules import law
from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.rules.permits import may, may_see, offered, permit
from banshi.contexts.cases.values import OPEN, Input, Status
from banshi.kernel.actors import SYSTEM, Actor, Post
from banshi.kernel.facts import NotFound, Refused
from tests.rules.cases.life import (
    CHEN,
    DU,
    FIRE,
    GAO,
    HALL,
    HE,
    LI,
    LIN,
    QIAN,
    STRANGER,
    WANG,
    WU,
    ZHAO,
    accepted,
    received,
)

# Whoever holds it may pass it on, and supervisors may ask, as long as it is not closed.
WHILE_OPEN = {"withdraw", "hand_over", "take_back", "reassign", "urge", "answer_urge", "reclock"}
DECIDED = {"deliver", "urge", "answer_urge"}
HANDLING = {
    "transfer", "start_special", "extend", "inform_interested", "hear_interested", "offer_hearing",
    "request_hearing", "schedule_hearing", "deem_renewed",
}  # fmt: skip

# state → the commands that it allows, as the standard's table says
TABLE = {
    Status.RECEIVED: WHILE_OPEN | {
        "accept", "request_correction", "not_required", "reject", "propose_refusal", "transfer", "deem_accepted",
        "deem_renewed",
    },
    Status.CORRECTING: WHILE_OPEN | {"supply_correction", "deem_withdrawn"},
    Status.ACCEPTED: WHILE_OPEN | HANDLING | {"assign"},
    Status.IN_REVIEW: WHILE_OPEN | HANDLING | {
        "opine", "schedule", "draw_experts", "recuse", "record", "return_work", "deem_agreed", "review", "escalate",
        "decide",
    },
    Status.SUSPENDED: WHILE_OPEN | {
        "end_special", "hold_hearing", "draw_experts", "recuse", "record", "deem_renewed",
    },
    Status.PASSED: DECIDED | {"certify", "revoke", "cancel"},
    Status.REFUSED: DECIDED,
    Status.NOT_REQUIRED: set(),
    Status.REJECTED: set(),
    Status.WITHDRAWN: set(),
    Status.REVOKED: {"cancel"},
    Status.CANCELLED: set(),
}  # fmt: skip


@pytest.mark.parametrize("status", list(Status))
def test_the_table_of_transitions(status: Status) -> None:
    assert {name for name, command in COMMANDS.items() if status in command.states} == TABLE[status]


@pytest.mark.parametrize("status", sorted(set(Status) - OPEN))
def test_what_is_closed_is_changed_by_nothing_but_what_follows_a_decision(status: Status) -> None:
    assert TABLE[status] <= DECIDED | {"certify", "revoke", "cancel"}


def test_every_state_has_a_name_for_people() -> None:
    assert len({status.label for status in Status}) == len(Status)


def test_the_system_alone_reads_silence_makes_certificates_and_reckons() -> None:
    alone = {name for name, command in COMMANDS.items() if not command.shown}
    assert alone == {
        "certify", "deem_accepted", "deem_agreed", "deem_renewed", "deem_withdrawn", "reclock",
    }  # fmt: skip
    everybody = (CHEN, LIN, GAO, HE, DU, WU, WANG, LI)
    for name in alone:
        assert may(COMMANDS[name], accepted(), SYSTEM)
        assert not any(may(COMMANDS[name], accepted(), actor) for actor in everybody)


@pytest.mark.parametrize(
    ("actor", "allowed"),
    [
        pytest.param(
            CHEN,
            {"accept", "request_correction", "not_required", "reject", "transfer", "hand_over"},
            id="the officer",
        ),
        pytest.param(
            WANG, {"accept", "request_correction", "propose_refusal"}, id="the window, without a no"
        ),
        pytest.param(LI, {"withdraw"}, id="the applicant"),
        pytest.param(LIN, {"reassign"}, id="the approver"),
        pytest.param(GAO, {"reassign"}, id="the head of the office"),
        pytest.param(DU, {"urge"}, id="the supervisor"),
        pytest.param(HE, set(), id="the head of the government"),
        pytest.param(WU, set(), id="an office to be consulted"),
        pytest.param(QIAN, set(), id="an office that is not asked"),
        pytest.param(ZHAO, set(), id="another county's"),
        pytest.param(STRANGER, set(), id="another citizen"),
    ],
)
def test_who_is_offered_what_on_a_case_just_received(actor: Actor, allowed: set[str]) -> None:
    assert {command.name for command in offered(received(hall=HALL), actor)} == allowed


@pytest.mark.parametrize("actor", [ZHAO, STRANGER, QIAN])
def test_a_foreign_case_is_as_if_it_were_not_there(actor: Actor) -> None:
    assert not may_see(received(), actor)
    with pytest.raises(NotFound):
        permit(COMMANDS["accept"], received(), actor, Input())


@pytest.mark.parametrize(
    ("command", "actor", "rule"),
    [
        pytest.param("decide", CHEN, "not_your_post", id="an officer does not decide a promised item"),
        pytest.param("accept", CHEN, "wrong_state", id="it is accepted already"),
        pytest.param("deliver", WANG, "wrong_state", id="nothing is decided yet"),
    ],
)
def test_a_refusal_says_whether_it_is_the_post_or_the_state(command: str, actor: Actor, rule: str) -> None:
    case = replace(accepted(), hall=HALL)
    with pytest.raises(Refused) as caught:
        permit(COMMANDS[command], case, actor, Input())
    assert caught.value.rule == rule
    assert COMMANDS[command].title in caught.value.zh


def test_another_offices_work_is_not_ones_own() -> None:
    with pytest.raises(Refused, match="岗位"):
        permit(COMMANDS["opine"], accepted(), WU, Input(work="visit"))
    permit(COMMANDS["opine"], accepted(), WU, Input(work="fire"))


def test_two_posts_at_two_offices_do_not_add_up() -> None:
    both = Actor("staff", "30", (*CHEN.held, Post("approver", FIRE, "350502")))
    permit(COMMANDS["opine"], accepted(), both, Input(work="visit"))
    with pytest.raises(Refused, match="岗位"):
        permit(COMMANDS["opine"], accepted(), both, Input(work="fire"))
    permit(COMMANDS["reassign"], accepted(), both, Input(work="fire"))
    with pytest.raises(Refused, match="岗位"):
        permit(COMMANDS["reassign"], accepted(), both, Input(work="visit"))


def test_each_kind_of_fact_has_a_title_and_the_exchange_knows_each_step() -> None:
    codes = {kind.code for kind in events.KINDS.values()} - {""}
    assert codes <= {str(code) for code in range(1, 16)}
    assert all(kind.title for kind in events.KINDS.values())


@pytest.mark.parametrize("rule", sorted(law.LAW))
def test_the_licensing_law_speaks_of_permits_only(rule: str) -> None:
    assert law.article(rule, "01").startswith("行政许可法第")
    assert {law.article(rule, kind) for kind in ("05", "07", "08", "10", "20")} == {""}
