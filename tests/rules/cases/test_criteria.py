"""审批条件 in a decision: what was looked at, what is not met; and what the platform may decide by itself (秒批)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from banshi.contexts.cases import events
from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.rules.permits import may, offered, permit
from banshi.contexts.cases.values import Clause, Input, Plan, Status
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Refused
from tests.rules.cases.life import (
    CHEN,
    INSTANT,
    LI,
    LIN,
    PLAIN,
    TEXT,
    accepted,
    at,
    do,
    facts,
    received,
    refused,
    reviewed,
)

CLAUSES = (
    Clause("of_age", "年满十八周岁。", "《民法典》第十八条"),
    Clause("premises", "有经营场所。", "《市场主体登记管理条例》第十九条第一款"),
)
OPEN: Plan = replace(INSTANT, criteria=CLAUSES)
AT_ONCE: Plan = replace(OPEN, at_once=True)
ON = at("2026-03-02", 12)


class TestWhatADecisionSaysOfTheClauses:
    def test_a_refusal_names_at_least_one(self) -> None:
        case = accepted(OPEN)
        told = refused("unmet_needed", case, "decide", ON, verdict="refuse", text=TEXT)
        assert told.field == "unmet"
        (fact,) = facts(
            case, "decide", ON, verdict="refuse", text=TEXT, unmet=("premises",), looked=("of_age",)
        )
        assert (fact.data["unmet"], fact.data["looked"]) == (["premises"], ["of_age"])

    def test_so_does_a_proposal_to_refuse(self) -> None:
        case = accepted(replace(PLAIN, criteria=CLAUSES))
        refused("unmet_needed", case, "review", ON, verdict="refuse", text=TEXT)
        (fact,) = facts(case, "review", ON, verdict="refuse", text=TEXT, unmet=("of_age",))
        assert fact.data["unmet"] == ["of_age"]

    def test_the_article_on_refusals_is_the_licensing_laws_for_a_licence(self) -> None:
        case = reviewed(replace(PLAIN, criteria=CLAUSES))
        told = refused("unmet_needed", case, "decide", ON, by=LIN, verdict="refuse", text=TEXT)
        assert "第三十八条" in told.article

    def test_what_is_not_met_is_neither_granted_nor_counted_as_met(self) -> None:
        case = accepted(OPEN)
        refused("unmet_passed", case, "decide", ON, verdict="pass", unmet=("premises",))
        both = ("premises",)
        refused("unmet_passed", case, "decide", ON, verdict="refuse", text=TEXT, unmet=both, looked=both)

    def test_a_clause_of_another_item_is_none(self) -> None:
        refused("unknown_criterion", accepted(OPEN), "decide", ON, verdict="pass", looked=("capital",))
        refused("unknown_criterion", accepted(INSTANT), "decide", ON, verdict="pass", looked=("of_age",))

    def test_an_item_without_clauses_is_decided_as_before(self) -> None:
        (fact,) = facts(accepted(INSTANT), "decide", ON, verdict="refuse", text=TEXT)
        assert not {"looked", "unmet"} & set(fact.data)

    def test_a_reason_given_with_a_grant_is_on_file(self) -> None:
        case = do(accepted(OPEN), "decide", ON, verdict="pass", text=TEXT, digest="d", looked=("of_age",))
        assert (case.status, case.reason) == (Status.PASSED, TEXT)


class TestWhatThePlatformMayDecide:
    def test_it_accepts_and_grants_what_is_declared_so(self) -> None:
        case = received(AT_ONCE)
        permit(COMMANDS["accept"], case, SYSTEM, Input())
        case = do(case, "accept", ON, by=SYSTEM)
        permit(COMMANDS["decide"], case, SYSTEM, Input(verdict="pass"))
        case = do(case, "decide", ON, by=SYSTEM, verdict="pass", text=TEXT)
        assert (case.status, case.accepted_on, case.closed_on) == (
            Status.PASSED,
            case.received_on,
            case.received_on,
        )

    @pytest.mark.parametrize("plan", [PLAIN, INSTANT, OPEN], ids=["a licence", "instant", "with clauses"])
    def test_nothing_else(self, plan: Plan) -> None:
        with pytest.raises(Refused):
            permit(COMMANDS["accept"], received(plan), SYSTEM, Input())
        assert not may(COMMANDS["decide"], accepted(plan), SYSTEM)
        assert not may(COMMANDS["decide"], reviewed(plan) if plan is PLAIN else accepted(plan), SYSTEM)

    def test_it_never_refuses(self) -> None:
        case = do(received(AT_ONCE), "accept", ON, by=SYSTEM)
        refused(
            "person_refuses", case, "decide", ON, by=SYSTEM, verdict="refuse", text=TEXT, unmet=("of_age",)
        )
        assert do(case, "decide", ON, verdict="refuse", text=TEXT, unmet=("of_age",)).status is Status.REFUSED

    def test_a_person_has_every_step_all_the_same(self) -> None:
        assert {"accept", "request_correction", "reject"} <= {
            one.name for one in offered(received(AT_ONCE), CHEN)
        }
        case = do(received(AT_ONCE), "accept", ON, by=SYSTEM)
        assert "decide" in {one.name for one in offered(case, CHEN)}
        granted = do(case, "decide", ON, by=SYSTEM, verdict="pass", text=TEXT)
        assert "revoke" in {one.name for one in offered(granted, LIN)}

    def test_the_time_to_accept_holds_for_it_too(self) -> None:
        refused("deemed_accepted", received(AT_ONCE), "accept", at("2026-03-20"), by=SYSTEM)

    def test_who_withdrew_is_left_alone(self) -> None:
        case = do(received(AT_ONCE), "withdraw", ON, by=LI)
        assert case.status is Status.WITHDRAWN
        with pytest.raises(Refused):
            permit(COMMANDS["accept"], case, SYSTEM, Input())

    def test_each_step_is_its_own_fact(self) -> None:
        case = received(AT_ONCE)
        first = facts(case, "accept", ON, by=SYSTEM)
        assert [fact.kind for fact in first] == [events.ACCEPTED, events.WORKS_ASSIGNED]
        case = do(case, "accept", ON, by=SYSTEM)
        assert [fact.kind for fact in facts(case, "decide", ON, by=SYSTEM, verdict="pass")] == [events.PASSED]
