"""时限与提醒: years, notices, holidays, hours; what is told when, and when the scheduler looks."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from banshi.contexts.cases import events
from banshi.contexts.cases.rules import clocks
from banshi.contexts.cases.rules.silence import due_by_silence
from banshi.contexts.cases.values import Budget, CaseState, Limits, Plan, Status
from banshi.kernel.actors import SYSTEM
from banshi.kernel.workdays import CHINA, Calendar, Notice, civil_day
from tests.rules.cases.life import (
    CALENDAR,
    CHEN,
    DU,
    FIRE,
    GAO,
    LICENCE,
    MARKET,
    NOTICES,
    PLAIN,
    SUN,
    TEXT,
    WU,
    accepted,
    at,
    day,
    do,
    facts,
    opined,
    published,
    received,
    refused,
    work,
)

# As a notice for 2027 might say: 1–3 January off, Sunday 10 January worked.
NEXT_YEAR = Notice.parse(
    {
        "year": 2027,
        "papers": [],
        "days": [
            {"date": "2027-01-01", "isOffDay": True},
            {"date": "2027-01-04", "isOffDay": True},
            {"date": "2027-01-10", "isOffDay": False},
        ],
    }
)
WITH_2027 = Calendar.of([*NOTICES, NEXT_YEAR])


class TestTheYearsBoundary:
    def test_december_2026_runs_into_a_year_without_a_notice(self) -> None:
        case = accepted(on="2026-12-21")
        assert case.provisional
        assert case.promised_due_on == day("2026-12-30")
        assert case.statutory_due_on == day("2027-01-19")  # 1 January is off by the law alone
        assert case.calendar == CALENDAR.version

    @pytest.mark.parametrize(
        ("accepted_on", "provisional"),
        [
            pytest.param("2026-11-23", False, id="due on 21 December: nothing can move it"),
            pytest.param("2026-11-30", False, id="due on 28 December"),
            pytest.param("2026-12-01", True, id="due on 29 December: the next notice has a say"),
            pytest.param("2026-12-21", True, id="due in January"),
        ],
    )
    def test_what_the_next_notice_can_move_is_provisional(self, accepted_on: str, provisional: bool) -> None:
        assert accepted(on=accepted_on).provisional is provisional

    def test_the_notice_is_loaded_and_every_clock_is_reckoned_by_it(self) -> None:
        case = accepted(on="2026-12-24")
        assert case.statutory_due_on == day("2027-01-22")
        (fact,) = facts(case, "reclock", at("2026-12-28"), by=SYSTEM, calendar=WITH_2027)
        assert fact.kind == events.CLOCKS_RECOMPUTED
        assert (fact.data["from"], fact.data["calendar"]) == (CALENDAR.version, WITH_2027.version)
        moved = do(case, "reclock", at("2026-12-28"), by=SYSTEM, calendar=WITH_2027)
        assert moved.promised_due_on == day("2027-01-06")  # Monday the 4th is off now
        assert moved.statutory_due_on == day("2027-01-22")  # a day more off, a Sunday more worked
        assert moved.calendar == WITH_2027.version
        assert not moved.provisional

    def test_works_are_reckoned_too(self) -> None:
        case = accepted(on="2026-12-30")
        assert work(case, "fire").due_on == day("2027-01-05")
        moved = do(case, "reclock", at("2026-12-31"), by=SYSTEM, calendar=WITH_2027)
        assert work(moved, "fire").due_on == day("2027-01-06")

    def test_a_pause_that_spans_the_notice_counts_by_it(self) -> None:
        case = do(
            accepted(on="2026-12-21"), "start_special", at("2026-12-28"), kind="testing", days=9, text=TEXT
        )
        assert do(case, "reclock", at("2026-12-29"), by=SYSTEM, calendar=WITH_2027).status is Status.SUSPENDED
        resumed = do(case, "end_special", at("2027-01-06"), calendar=WITH_2027)
        # 29, 30, 31 December, 5 and 6 January: five days instead of six
        assert resumed.promised_due_on == WITH_2027.add(day("2026-12-30"), 5)

    def test_the_same_notice_twice_changes_nothing(self) -> None:
        once = do(accepted(on="2026-12-24"), "reclock", at("2026-12-28"), by=SYSTEM, calendar=WITH_2027)
        again = do(once, "reclock", at("2026-12-28"), by=SYSTEM, calendar=WITH_2027)
        assert replace(again, seq=once.seq) == once

    def test_what_is_not_accepted_has_no_clock_yet_and_what_is_closed_none_any_more(self) -> None:
        case = do(received(on="2026-12-28"), "reclock", at("2026-12-29"), by=SYSTEM, calendar=WITH_2027)
        assert (case.statutory_due_on, case.promised_due_on, case.provisional) == (None, None, False)
        gone = do(case, "withdraw", at("2026-12-30"))
        refused("closed", gone, "reclock", at("2026-12-31"), by=SYSTEM, calendar=WITH_2027)


@pytest.mark.parametrize(
    ("year", "accepted_on", "before", "after"),
    [
        pytest.param(2007, "2007-12-20", "2007-12-31", "2007-12-29", id="2007: Saturday 29 December is worked"),
        pytest.param(2007, "2007-12-21", "2008-01-02", "2008-01-02", id="2007: … and Monday 31 December is off"),
        pytest.param(2011, "2011-12-22", "2012-01-02", "2011-12-31", id="2011: Saturday 31 December is worked"),
        pytest.param(2018, "2018-12-20", "2018-12-31", "2018-12-29", id="2018: Saturday 29 December is worked"),
        pytest.param(2018, "2018-12-21", "2019-01-02", "2019-01-02", id="2018: … and Monday 31 December is off"),
    ],
)  # fmt: skip
def test_a_notice_changes_the_end_of_the_year_before(
    year: int, accepted_on: str, before: str, after: str
) -> None:
    """The notices for 2008, 2012 and 2019, each published when December's cases were running."""
    case = accepted(on=accepted_on, calendar=published(year))
    assert case.promised_due_on == day(before)
    assert case.provisional
    told = do(case, "reclock", at(accepted_on, 16), by=SYSTEM, calendar=published(year + 1))
    assert told.promised_due_on == day(after)


class TestHolidays:
    @pytest.mark.parametrize(
        ("accepted_on", "days", "due_on"),
        [
            pytest.param("2026-09-30", 2, "2026-10-09", id="国庆: seven days off"),
            pytest.param("2026-09-30", 3, "2026-10-10", id="国庆: Saturday 10 October is worked"),
            pytest.param("2026-09-18", 1, "2026-09-20", id="国庆: Sunday 20 September is worked for it"),
            pytest.param("2025-09-26", 1, "2025-09-28", id="国庆 2025: Sunday 28 September"),
            pytest.param(
                "2026-02-13", 2, "2026-02-24", id="春节: Saturday 14 February, then Tuesday the 24th"
            ),
            pytest.param("2026-12-31", 0, "2026-12-31", id="at once means on the same day"),
        ],
    )
    def test_working_days(self, accepted_on: str, days: int, due_on: str) -> None:
        assert accepted(replace(LICENCE, promised=Budget(days)), accepted_on).promised_due_on == day(due_on)

    @pytest.mark.parametrize(
        ("accepted_on", "days", "due_on"),
        [
            pytest.param("2026-03-02", 10, "2026-03-12", id="natural days"),
            pytest.param("2026-03-02", 12, "2026-03-16", id="… that end on a Saturday"),
            pytest.param("2026-09-21", 10, "2026-10-08", id="… that end on the National Day"),
            pytest.param("2026-09-30", 10, "2026-10-10", id="… on a Saturday that is worked"),
        ],
    )
    def test_natural_days_end_on_a_working_day(self, accepted_on: str, days: int, due_on: str) -> None:
        plan = replace(LICENCE, promised=Budget(days, "day"))
        assert accepted(plan, accepted_on).promised_due_on == day(due_on)


def hourly(hours: int) -> Plan:
    """一小时办结: promised in hours of the office's opening time, 9–12 and 13–17."""
    return replace(PLAIN, statutory=None, promised=Budget(hours, "hour"))


def accepted_at(when: datetime, hours: int) -> CaseState:
    return do(received(hourly(hours), civil_day(when).isoformat()), "accept", when)


class TestHours:
    @pytest.mark.parametrize(
        ("from_at", "hours", "until_at"),
        [
            pytest.param(at("2026-03-02", 9), 1, at("2026-03-02", 10), id="in the morning"),
            pytest.param(at("2026-03-02", 11), 1, at("2026-03-02", 12), id="until lunch"),
            pytest.param(at("2026-03-02", 11, 30), 1, at("2026-03-02", 13, 30), id="over lunch"),
            pytest.param(at("2026-03-02", 12, 15), 1, at("2026-03-02", 14), id="begun at lunch"),
            pytest.param(at("2026-03-02", 16, 30), 1, at("2026-03-03", 9, 30), id="over the evening"),
            pytest.param(at("2026-03-02", 22), 1, at("2026-03-03", 10), id="begun at night"),
            pytest.param(at("2026-03-02", 8), 7, at("2026-03-02", 17), id="a whole day"),
            pytest.param(at("2026-03-06", 16, 30), 1, at("2026-03-09", 9, 30), id="over the weekend"),
            pytest.param(at("2026-03-07", 10), 2, at("2026-03-09", 11), id="begun on a Saturday"),
            pytest.param(at("2026-09-30", 16), 2, at("2026-10-08", 10), id="over the National Day"),
            pytest.param(at("2026-10-10", 10), 2, at("2026-10-10", 12), id="a Saturday that is worked"),
            pytest.param(at("2026-03-02", 10), 20, at("2026-03-04", 17), id="three days"),
        ],
    )
    def test_only_the_opening_hours_count(self, from_at: datetime, hours: int, until_at: datetime) -> None:
        case = accepted_at(from_at, hours)
        assert case.promised_due_at == until_at
        assert case.promised_due_on == civil_day(until_at)

    def test_an_office_may_open_otherwise(self) -> None:
        evening = replace(hourly(2), opening=(("12:00", "20:00"),))
        case = do(received(evening), "accept", at("2026-03-02", 19))
        assert case.promised_due_at == at("2026-03-03", 13)

    def test_a_pause_moves_the_hour_by_whole_days(self) -> None:
        case = accepted_at(at("2026-03-02", 16, 30), 1)
        case = do(case, "start_special", at("2026-03-02", 17), kind="testing", days=3, text=TEXT)
        resumed = do(case, "end_special", at("2026-03-05", 9))
        assert resumed.promised_due_at == at("2026-03-06", 9, 30)

    def test_at_the_years_end_they_are_provisional_too(self) -> None:
        assert accepted_at(at("2026-12-31", 10), 1).provisional
        assert not accepted_at(at("2026-12-28", 10), 1).provisional

    @given(
        minutes=st.integers(0, 60 * 24 * 60),
        hours=st.integers(1, 40),
        more=st.integers(1, 8),
    )
    def test_more_hours_never_end_sooner_and_always_while_open(
        self, minutes: int, hours: int, more: int
    ) -> None:
        from_at = at("2026-09-15", 0) + timedelta(minutes=minutes)
        sooner = clocks.due_after_hours(from_at, hours, PLAIN.opening, CALENDAR).at
        later = clocks.due_after_hours(from_at, hours + more, PLAIN.opening, CALENDAR).at
        assert sooner is not None
        assert later is not None
        assert from_at + timedelta(hours=hours) <= sooner < later
        here = sooner.astimezone(CHINA)
        assert CALENDAR.is_workday(here.date())
        assert (9, 0) < (here.hour, here.minute) <= (12, 0) or (13, 0) < (here.hour, here.minute) <= (17, 0)


@pytest.mark.parametrize(
    ("budget", "due_on", "from_on"),
    [
        pytest.param(Budget(1), "2026-03-03", "2026-03-03", id="one day: on the day itself"),
        pytest.param(Budget(2, "hour"), "2026-03-03", "2026-03-03", id="hours: on the day itself"),
        pytest.param(Budget(5), "2026-03-09", "2026-03-06", id="five days: one before, over no weekend"),
        pytest.param(Budget(20), "2026-03-30", "2026-03-24", id="twenty: the last fifth"),
        pytest.param(Budget(45), "2026-05-08", "2026-04-22", id="forty-five: nine, over the holiday"),
    ],
)
def test_when_the_light_turns_yellow(budget: Budget, due_on: str, from_on: str) -> None:
    assert clocks.warn_on(day(due_on), budget, CALENDAR) == day(from_on)


def urged(case: CaseState, when: datetime) -> CaseState:
    return do(case, "urge", when, by=SYSTEM)


def levels(case: CaseState) -> list[tuple[str, str]]:
    return [(urge.key, urge.level) for urge in case.urges]


PLAIN_SEVEN = accepted(PLAIN)  # seven days from Monday 2 March: until Wednesday the 11th


class TestUrging:
    """亮灯督办: yellow, red, then the next level above; each told once."""

    def test_each_level_is_told_once_at_its_instant(self) -> None:
        case = PLAIN_SEVEN
        for when, level in (
            (at("2026-03-10", 0), "yellow"),
            (at("2026-03-12", 0), "red"),
            (at("2026-03-17", 0), "escalated"),
        ):
            assert clocks.next_check_at(case, CALENDAR) == when
            refused("nothing_to_urge", case, "urge", when - timedelta(seconds=1), by=SYSTEM)
            case = urged(case, when)
            assert levels(case)[-1] == ("case", level)
            refused("nothing_to_urge", case, "urge", when + timedelta(hours=1), by=SYSTEM)
        assert clocks.next_check_at(case, CALENDAR) is None

    def test_a_scheduler_that_slept_tells_the_loudest_only(self) -> None:
        case = urged(PLAIN_SEVEN, at("2026-03-13"))
        assert levels(case) == [("case", "red")]
        assert clocks.next_check_at(case, CALENDAR) == at("2026-03-17", 0)

    @pytest.mark.parametrize("kind", ["extension", "pause", "notice"])
    def test_when_the_clock_moved_it_is_told_anew(self, kind: str) -> None:
        case = urged(PLAIN_SEVEN, at("2026-03-10", 0))
        if kind == "extension":
            case = do(case, "extend", at("2026-03-10"), days=5, text=TEXT)
        elif kind == "pause":
            case = do(case, "start_special", at("2026-03-10"), kind="testing", days=5, text=TEXT)
            case = do(case, "end_special", at("2026-03-17"))
        else:
            off = Notice(2026, frozenset({day("2026-03-11"), day("2026-03-12")}), frozenset())
            case = do(case, "reclock", at("2026-03-10"), by=SYSTEM, calendar=Calendar.of([*NOTICES, off]))
        (alarm,) = clocks.alarms(case, CALENDAR)
        assert alarm.level == "yellow"
        assert alarm.from_at > at("2026-03-10", 0)
        assert levels(urged(case, alarm.from_at)) == [("case", "yellow"), ("case", "yellow")]

    def test_it_names_who_holds_what_is_late_and_not_the_last_hand(self) -> None:
        case = do(accepted(), "hand_over", at("2026-03-02", 12), people=(SUN.code,))
        case = do(case, "hand_over", at("2026-03-02", 12), by=WU, work="fire", people=("staff:60",))
        case = urged(case, at("2026-03-12"))
        told = {(urge.key, urge.office, urge.holder) for urge in case.urges}
        assert told == {
            ("case", MARKET, ""),  # the visit and the fire office are both late; the visit comes first
            ("work:visit", MARKET, ""),
            ("work:fire", FIRE, "staff:60"),
        }
        done = urged(
            opined(do(accepted(), "hand_over", at("2026-03-02", 12), people=(SUN.code,)), "2026-03-05"),
            at("2026-03-12"),
        )
        assert [(urge.key, urge.office, urge.holder) for urge in done.urges] == [("case", MARKET, SUN.code)]

    def test_of_two_offices_that_still_work_on_it_the_later_one_is_named(self) -> None:
        slow = replace(LICENCE, works=(replace(LICENCE.works[0], limit=Budget(6)), LICENCE.works[1]))
        assert clocks.holder_of(accepted(slow), "case")[0] == FIRE
        quick = replace(LICENCE, works=(LICENCE.works[0], replace(LICENCE.works[1], limit=Budget(6))))
        assert clocks.holder_of(accepted(quick), "case")[0] == MARKET

    def test_hours_are_red_at_their_instant(self) -> None:
        case = accepted_at(at("2026-03-02", 9), 1)
        assert clocks.next_check_at(case, CALENDAR) == at("2026-03-02", 10)
        case = urged(case, at("2026-03-02", 10))
        assert levels(case) == [("case", "red")]
        assert clocks.next_check_at(case, CALENDAR) == at("2026-03-06", 0)

    def test_a_place_says_after_how_many_days_the_next_level_is_told(self) -> None:
        case = accepted(replace(PLAIN, limits=Limits(escalate_days=1)))
        assert levels(urged(case, at("2026-03-13", 0))) == [("case", "escalated")]

    def test_what_is_decided_is_urged_for_its_delivery_alone_and_then_no_more(self) -> None:
        case = do(PLAIN_SEVEN, "review", at("2026-03-03"), verdict="pass")
        case = do(case, "decide", at("2026-03-20"), by=GAO, verdict="refuse", text=TEXT)
        assert [(one.key, one.due_on) for one in clocks.alarms(case, CALENDAR)] == [
            ("deliver", case.delivery_due_on)
        ]
        case = do(case, "deliver", at("2026-03-23"), how="post")
        assert clocks.alarms(case, CALENDAR) == []
        assert clocks.next_check_at(case, CALENDAR) is None
        refused("nothing_to_urge", case, "urge", at("2026-04-20"), by=DU, text=TEXT)


class TestASupervisorsUrge:
    def test_has_words_and_an_answer(self) -> None:
        refused("words_needed", PLAIN_SEVEN, "urge", at("2026-03-05"), by=DU)
        case = do(PLAIN_SEVEN, "urge", at("2026-03-05"), by=DU, text=TEXT)
        assert [(urge.level, urge.answered_on) for urge in case.urges] == [("supervisor", None)]
        refused("words_needed", case, "answer_urge", at("2026-03-05"))
        answered = do(case, "answer_urge", at("2026-03-06"), by=CHEN, text=TEXT)
        assert answered.urges[0].answered_on == day("2026-03-06")
        refused("no_urge", answered, "answer_urge", at("2026-03-06"), by=CHEN, text=TEXT)

    def test_may_be_about_one_work(self) -> None:
        case = do(accepted(), "urge", at("2026-03-04"), by=DU, work="work:fire", text=TEXT)
        assert (case.urges[0].key, case.urges[0].office) == ("work:fire", FIRE)
        refused("work_not_open", accepted(), "urge", at("2026-03-04"), by=DU, work="work:sum", text=TEXT)

    def test_does_not_silence_the_clock(self) -> None:
        case = do(PLAIN_SEVEN, "urge", at("2026-03-11"), by=DU, text=TEXT)
        assert clocks.next_check_at(case, CALENDAR) == clocks.next_check_at(PLAIN_SEVEN, CALENDAR)


ASKED = do(received(), "request_correction", at("2026-03-03"), text=TEXT, days=5)
RENEWING = accepted(replace(PLAIN, renews="1.2.156", expires_on=day("2026-04-01")))
SILENT = accepted(replace(LICENCE, works=(replace(LICENCE.works[1], silence="agree"),)))


class TestTheSchedulerLooks:
    @pytest.mark.parametrize(
        ("case", "when"),
        [
            pytest.param(received(), at("2026-03-10", 0), id="when silence accepts"),
            pytest.param(
                do(received(), "request_correction", at("2026-03-03"), text=TEXT, days=5),
                at("2026-03-11", 0),
                id="when silence withdraws",
            ),
            pytest.param(accepted(), at("2026-03-04", 0), id="when a work turns yellow"),
            pytest.param(PLAIN_SEVEN, at("2026-03-10", 0), id="when the case turns yellow"),
            pytest.param(do(received(), "withdraw", at("2026-03-03")), None, id="never again once closed"),
        ],
    )
    def test_at(self, case: CaseState, when: datetime | None) -> None:
        assert clocks.next_check_at(case, CALENDAR) == when

    @pytest.mark.parametrize(
        ("case", "when", "owed"),
        [
            pytest.param(received(), at("2026-03-09", 23, 59), None, id="still time to accept"),
            pytest.param(received(), at("2026-03-10", 0), "deem_accepted", id="no more"),
            pytest.param(ASKED, at("2026-03-10", 23, 59), None, id="still time to correct"),
            pytest.param(ASKED, at("2026-03-11", 0), "deem_withdrawn", id="no more"),
            pytest.param(RENEWING, at("2026-03-10", 0), "urge", id="a renewal is urged like the others"),
            pytest.param(RENEWING, at("2026-04-02", 0), "deem_renewed", id="and granted when the old one ends"),
            pytest.param(SILENT, at("2026-03-04", 0), "urge", id="a consulted office is reminded"),
            pytest.param(SILENT, at("2026-03-06", 0), "deem_agreed", id="and its silence read"),
            pytest.param(do(received(), "withdraw", at("2026-03-03")), at("2027-03-03"), None, id="closed"),
        ],
    )  # fmt: skip
    def test_and_does_what_silence_has_brought_about(
        self, case: CaseState, when: datetime, owed: str | None
    ) -> None:
        assert due_by_silence(case, when, CALENDAR) == owed
        if owed:
            assert due_by_silence(do(case, owed, when, by=SYSTEM), when, CALENDAR) != owed
