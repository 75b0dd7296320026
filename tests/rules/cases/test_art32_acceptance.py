"""行政许可法第三十二条: not required, not competent, corrections once, and what silence means."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from banshi.contexts.cases.rules import clocks
from banshi.contexts.cases.rules.permits import offered
from banshi.contexts.cases.values import Budget, Status
from tests.rules.cases.life import (
    CALENDAR,
    CHEN,
    HALL,
    LICENCE,
    OTHER_TYPES,
    TEXT,
    WANG,
    at,
    day,
    do,
    received,
    refused,
)


@pytest.mark.parametrize(
    ("command", "stated", "status"),
    [
        pytest.param("not_required", {"text": TEXT}, Status.NOT_REQUIRED, id="art32-1-1 no permit is needed"),
        pytest.param(
            "reject", {"text": TEXT, "reference": "鲤城区城管局"}, Status.REJECTED, id="art32-1-2 elsewhere"
        ),
        pytest.param("request_correction", {"text": TEXT}, Status.CORRECTING, id="art32-1-4 incomplete"),
        pytest.param("accept", {"dispatch": False}, Status.ACCEPTED, id="art32-1-5 complete"),
    ],
)
def test_what_an_office_may_answer(command: str, stated: dict[str, Any], status: Status) -> None:
    case = do(received(), command, at("2026-03-02", 11), **stated)
    assert case.status is status
    if status in (Status.NOT_REQUIRED, Status.REJECTED):
        assert case.closed_on == day("2026-03-02")
        assert case.reason == TEXT


@pytest.mark.parametrize(
    ("command", "stated", "rule", "article"),
    [
        pytest.param("not_required", {}, "words_needed", "", id="art32-1-1 without a reason"),
        pytest.param("reject", {"reference": "城管局"}, "words_needed", "", id="art32-1-2 without a reason"),
        pytest.param(
            "reject",
            {"text": TEXT},
            "competent_needed",
            "行政许可法第三十二条第一款第二项",
            id="art32-1-2 without saying where to go",
        ),
        pytest.param("request_correction", {}, "words_needed", "", id="art32-1-4 without the whole of it"),
        pytest.param(
            "request_correction", {"text": TEXT, "days": 61}, "correction_days", "", id="art32-1-4 too long"
        ),
    ],
)
def test_an_answer_says_what_the_applicant_must_know(
    command: str, stated: dict[str, Any], rule: str, article: str
) -> None:
    assert refused(rule, received(), command, at("2026-03-02", 11), **stated).article == article


class TestCorrections:
    def test_are_asked_for_once_only(self) -> None:
        asked = do(received(), "request_correction", at("2026-03-03"), text=TEXT)
        supplied = do(asked, "supply_correction", at("2026-03-05"))
        error = refused("correction_once", supplied, "request_correction", at("2026-03-06"), text=TEXT)
        assert error.article == "行政许可法第三十二条第一款第四项"
        assert "request_correction" not in {command.name for command in offered(supplied, CHEN)}

    def test_handed_in_start_the_five_days_anew(self) -> None:
        asked = do(received(), "request_correction", at("2026-03-03"), text=TEXT)
        supplied = do(asked, "supply_correction", at("2026-03-12"))
        assert clocks.acceptance_due_on(supplied, CALENDAR) == day("2026-03-19")

    def test_not_handed_in_count_as_a_withdrawal_the_day_after(self) -> None:
        asked = do(received(), "request_correction", at("2026-03-03"), text=TEXT, days=5)
        assert asked.correction_due_on == day("2026-03-10")
        refused("correction_running", asked, "deem_withdrawn", at("2026-03-10", 23))
        assert do(asked, "deem_withdrawn", at("2026-03-11", 1)).status is Status.WITHDRAWN


@pytest.mark.parametrize(
    ("received_on", "last_day"),
    [
        pytest.param("2026-03-02", "2026-03-09", id="art32 Monday to Monday"),
        pytest.param("2026-03-07", "2026-03-13", id="art32 handed in on a Saturday"),
        pytest.param("2026-09-28", "2026-10-10", id="art32+82 over the National Day to a make-up Saturday"),
        pytest.param("2025-01-21", "2025-01-27", id="art32+82 a make-up Sunday counts"),
    ],
)
def test_silence_past_five_working_days_is_acceptance_from_the_day_of_receipt(
    received_on: str, last_day: str
) -> None:
    case = received(on=received_on)
    assert clocks.acceptance_due_on(case, CALENDAR) == day(last_day)
    refused("not_silent_yet", case, "deem_accepted", at(last_day, 23))
    after = CALENDAR.add(day(last_day), 1).isoformat()
    silent = do(case, "deem_accepted", at(after, 1))
    assert silent.deemed_accepted
    assert silent.accepted_on == day(received_on)
    assert silent.statutory_due_on == CALENDAR.add(day(received_on), 20)
    assert {work.opened_on for work in silent.works if work.status == "open"} == {day(after)}


def test_hours_promised_run_from_the_end_of_the_day_of_receipt_where_silence_accepted() -> None:
    hourly = replace(LICENCE, promised=Budget(1, "hour"))
    silent = do(received(hourly), "deem_accepted", at("2026-03-10", 1))
    assert silent.promised_due_at == at("2026-03-03", 10)


@pytest.mark.parametrize("late", ["request_correction", "accept", "not_required", "reject"])
def test_after_the_five_days_the_office_cannot_choose_any_more(late: str) -> None:
    error = refused("deemed_accepted", received(), late, at("2026-03-10"), text=TEXT, reference="消防")
    assert error.article == "行政许可法第三十二条第一款第四项"


def test_on_the_fifth_day_the_office_is_in_time() -> None:
    assert do(received(), "accept", at("2026-03-09", 23)).accepted_on == day("2026-03-09")
    assert do(received(), "request_correction", at("2026-03-09", 23), text=TEXT).correction_requested_on


@pytest.mark.parametrize("kind", OTHER_TYPES)
def test_for_what_is_no_permit_the_same_is_pledged_without_citing_the_law(kind: str) -> None:
    case = received(replace(LICENCE, type=kind))
    assert refused("deemed_accepted", case, "accept", at("2026-03-10")).article == ""
    asked = do(case, "request_correction", at("2026-03-03"), text=TEXT)
    supplied = do(asked, "supply_correction", at("2026-03-05"))
    error = refused("correction_once", supplied, "request_correction", at("2026-03-06"), text=TEXT)
    assert error.article == ""


class TestTheWindowHasNoRefusal:
    """大厅无否决: a window accepts, asks for corrections, or passes a proposal on; the office refuses."""

    def test_it_is_offered_no_refusal(self) -> None:
        names = {command.name for command in offered(received(hall=HALL), WANG)}
        assert names >= {"accept", "request_correction", "propose_refusal"}
        assert not names & {"reject", "not_required"}

    def test_a_proposal_leaves_the_case_and_its_five_days_as_they_are(self) -> None:
        case = received(hall=HALL)
        refused("words_needed", case, "propose_refusal", at("2026-03-03"), by=WANG)
        proposed = do(case, "propose_refusal", at("2026-03-03"), by=WANG, text=TEXT)
        assert proposed.status is Status.RECEIVED
        assert clocks.next_check_at(proposed, CALENDAR) == clocks.next_check_at(case, CALENDAR)
        assert "propose_refusal" not in {command.name for command in offered(proposed, WANG)}
        refused("proposed_already", proposed, "propose_refusal", at("2026-03-04"), by=WANG, text=TEXT)

    def test_the_office_may_still_accept(self) -> None:
        proposed = do(received(hall=HALL), "propose_refusal", at("2026-03-03"), by=WANG, text=TEXT)
        assert do(proposed, "accept", at("2026-03-04")).status is Status.IN_REVIEW
        elsewhere = do(proposed, "reject", at("2026-03-04"), text=TEXT, reference="城管局")
        assert elsewhere.status is Status.REJECTED
