"""行政许可法, article by article, on one case."""

from __future__ import annotations

from datetime import date

import pytest

from banshi.contexts.cases.rules import clocks
from banshi.contexts.cases.values import SpecialProcedure, Status
from banshi.kernel.facts import Refused
from tests.rules.cases.life import CALENDAR, CHEN, INSTANT, LIN, TEXT, accepted, at, do, opined, received


def refused(rule: str, *arguments: object, **given: object) -> Refused:
    with pytest.raises(Refused) as caught:
        do(*arguments, **given)  # type: ignore[arg-type]
    assert caught.value.rule == rule
    assert caught.value.zh
    assert caught.value.en
    return caught.value


class TestArticle32:
    def test_corrections_are_asked_for_once_only(self) -> None:
        asked = do(received(), "request_correction", at("2026-03-03"), text=TEXT)
        supplied = do(asked, "supply_correction", at("2026-03-05"))
        error = refused("correction_once", supplied, "request_correction", at("2026-03-06"), text=TEXT)
        assert "三十二条" in error.article

    def test_the_notice_must_say_what_is_missing(self) -> None:
        refused("words_needed", received(), "request_correction", at("2026-03-03"))

    @pytest.mark.parametrize(
        ("received_on", "last_day"),
        [
            ("2026-03-02", "2026-03-09"),  # Monday to Monday
            (
                "2026-09-28",
                "2026-10-10",
            ),  # over 国庆: 29th, 30th, 8th, 9th October and Saturday the 10th, a make-up day
            ("2025-01-21", "2025-01-27"),  # the Sunday before 春节 is a make-up day: 22, 23, 24, 26, 27
        ],
    )
    def test_silence_past_five_working_days_is_acceptance_from_the_day_of_receipt(
        self, received_on: str, last_day: str
    ) -> None:
        case = received(on=received_on)
        assert clocks.acceptance_due_on(case, CALENDAR) == date.fromisoformat(last_day)
        refused("not_silent_yet", case, "deem_accepted", at(last_day, 23))
        after = CALENDAR.add(date.fromisoformat(last_day), 1).isoformat()
        silent = do(case, "deem_accepted", at(after, 1))
        assert silent.deemed_accepted
        assert silent.accepted_on == date.fromisoformat(received_on)
        assert silent.statutory_due_on == CALENDAR.add(date.fromisoformat(received_on), 20)

    @pytest.mark.parametrize("late", ["request_correction", "accept", "not_required", "reject"])
    def test_after_the_five_days_the_office_cannot_choose_any_more(self, late: str) -> None:
        refused("deemed_accepted", received(), late, at("2026-03-10"), text=TEXT, reference="消防")

    def test_the_two_ways_of_not_accepting_differ(self) -> None:
        unnecessary = do(received(), "not_required", at("2026-03-02", 11), text=TEXT)
        assert unnecessary.status is Status.NOT_REQUIRED
        refused("competent_needed", received(), "reject", at("2026-03-02", 11), text=TEXT)
        elsewhere = do(received(), "reject", at("2026-03-02", 11), text=TEXT, reference="鲤城区城市管理局")
        assert elsewhere.status is Status.REJECTED
        assert elsewhere.closed_on == date(2026, 3, 2)

    def test_corrections_handed_in_start_the_five_days_anew(self) -> None:
        asked = do(received(), "request_correction", at("2026-03-03"), text=TEXT)
        supplied = do(asked, "supply_correction", at("2026-03-12"))
        assert clocks.acceptance_due_on(supplied, CALENDAR) == date(2026, 3, 19)

    def test_what_was_not_corrected_in_time_counts_as_withdrawn(self) -> None:
        asked = do(received(), "request_correction", at("2026-03-03"), text=TEXT, days=5)
        assert asked.correction_due_on == date(2026, 3, 10)
        refused("correction_running", asked, "deem_withdrawn", at("2026-03-10", 23))
        assert do(asked, "deem_withdrawn", at("2026-03-11", 1)).status is Status.WITHDRAWN


class TestArticle42And82:
    def test_both_clocks_run_in_working_days_from_acceptance(self) -> None:
        case = accepted(on="2025-09-30")
        assert case.promised_due_on == date(
            2025, 10, 16
        )  # seven: 9, 10, 11 (make-up Saturday), 13, 14, 15, 16 October
        assert case.statutory_due_on == CALENDAR.add(date(2025, 9, 30), 20)
        assert case.due_on == case.promised_due_on
        assert not case.provisional

    def test_a_deadline_in_a_year_without_a_notice_is_provisional(self) -> None:
        assert accepted(on="2026-12-21").provisional


class TestArticle45:
    @pytest.mark.parametrize("kind", list(SpecialProcedure))
    def test_each_of_the_eight_stops_the_clock(self, kind: SpecialProcedure) -> None:
        case = accepted()
        stopped = do(case, "start_special", at("2026-03-04"), kind=kind.value, days=5, text=TEXT)
        assert stopped.due_on is None
        resumed = do(stopped, "end_special", at("2026-03-11"))
        assert case.promised_due_on is not None
        assert resumed.promised_due_on == CALENDAR.add(case.promised_due_on, 5)
        assert resumed.statutory_due_on == CALENDAR.add(date(2026, 3, 30), 5)

    def test_a_site_visit_does_not(self) -> None:
        error = refused(
            "special_kind", accepted(), "start_special", at("2026-03-04"), kind="site_visit", text=TEXT
        )
        assert error.article == "行政许可法第四十五条"

    def test_the_applicant_is_told_the_time_and_the_reason(self) -> None:
        refused("words_needed", accepted(), "start_special", at("2026-03-04"), kind="hearing", days=5)
        refused("special_days", accepted(), "start_special", at("2026-03-04"), kind="hearing", text=TEXT)

    def test_a_pause_over_a_holiday_takes_working_days_only(self) -> None:
        case = accepted(on="2025-09-24")
        stopped = do(case, "start_special", at("2025-09-29"), kind="testing", days=3, text=TEXT)
        resumed = do(stopped, "end_special", at("2025-10-09"))
        assert case.promised_due_on is not None
        assert resumed.promised_due_on == CALENDAR.add(case.promised_due_on, 2)  # 30 September and 9 October


class TestArticle38:
    def ready(self) -> object:
        return do(opined(accepted(), "2026-03-05"), "review", at("2026-03-05"), verdict="pass")

    def test_a_refusal_states_its_reasons(self) -> None:
        error = refused("words_needed", self.ready(), "decide", at("2026-03-06"), by=LIN, verdict="refuse")
        assert error.article == "行政许可法第三十八条"
        refusal = do(self.ready(), "decide", at("2026-03-06"), by=LIN, verdict="refuse", text=TEXT)  # type: ignore[arg-type]
        assert refusal.status is Status.REFUSED
        assert refusal.reason == TEXT

    def test_who_reviewed_does_not_decide(self) -> None:
        refused("reviewer_decides_not", self.ready(), "decide", at("2026-03-06"), by=CHEN, verdict="pass")

    def test_no_decision_without_review_and_no_review_before_the_works(self) -> None:
        refused("works_open", accepted(), "review", at("2026-03-03"), verdict="pass")
        refused(
            "review_first",
            opined(accepted(), "2026-03-05"),
            "decide",
            at("2026-03-06"),
            by=LIN,
            verdict="pass",
        )


class TestWorks:
    def test_several_offices_start_side_by_side_and_what_waits_for_them_opens_after(self) -> None:
        case = accepted()
        assert [work.status for work in case.works] == ["open", "open", "waiting"]
        case = do(case, "opine", at("2026-03-03"), work="visit", verdict="agree")
        assert case.work("sum").status == "waiting"  # type: ignore[union-attr]
        case = do(case, "opine", at("2026-03-04"), work="fire", verdict="agree")
        assert case.work("sum").status == "open"  # type: ignore[union-attr]
        assert case.work("sum").due_on == date(2026, 3, 5)  # type: ignore[union-attr]

    def test_disagreement_needs_a_reason(self) -> None:
        refused("words_needed", accepted(), "opine", at("2026-03-03"), work="fire", verdict="disagree")

    def test_a_work_that_is_not_open_takes_no_opinion(self) -> None:
        refused("work_not_open", accepted(), "opine", at("2026-03-03"), work="sum", verdict="agree")


def test_an_instant_item_is_decided_by_the_officer_at_once() -> None:
    case = do(received(INSTANT), "accept", at("2026-03-02"))
    done = do(case, "decide", at("2026-03-02", 11), verdict="pass")
    assert done.status is Status.PASSED
    assert do(done, "deliver", at("2026-03-02", 11), how="online").delivered_on == date(2026, 3, 2)


def test_a_certificate_comes_before_its_delivery() -> None:
    case = do(opined(accepted(), "2026-03-05"), "review", at("2026-03-05"), verdict="pass")
    passed = do(case, "decide", at("2026-03-06"), by=LIN, verdict="pass")
    refused("certificate_first", passed, "deliver", at("2026-03-06"), how="window")
    certified = do(passed, "certify", at("2026-03-06"), reference="1.2.156")
    assert do(certified, "deliver", at("2026-03-06"), how="window").delivered_on == date(2026, 3, 6)
    refused("no_certificate_due", certified, "certify", at("2026-03-06"), reference="1.2.156")
