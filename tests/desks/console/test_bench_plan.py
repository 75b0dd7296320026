"""The planned year of the benches: its shares are exact at any size, and a day lived twice is lived once."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banshi.desks.console.bench.crew import Crew
from banshi.desks.console.bench.plan import (
    AT_ONCE,
    CITY,
    COUNTY,
    COUNTY_FINISHED,
    OPENING_DAYS,
    Cohort,
    Life,
    marked,
    number,
    opening_days,
)
from banshi.directory.calendar import calendar

CASES = 4048


def lives(cohort: Cohort) -> list[Life]:
    return [life for day in range(OPENING_DAYS) for b in cohort.blocks_of(day) for life in cohort.block(b)]


@given(st.integers(1, 5000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_a_share_is_exact(share: tuple[int, int]) -> None:
    part, whole = share
    assert sum(marked(n, part, whole) for n in range(whole)) == part


def test_the_whole_city_is_planned_as_reported() -> None:
    cohort = Cohort("city", CITY)
    assert cohort.at_once == AT_ONCE
    assert sum(cohort.size(day) for day in range(OPENING_DAYS)) == CITY
    assert {cohort.size(day) // 10 for day in range(OPENING_DAYS)} <= {498, 499}
    assert Cohort("county", COUNTY).parked == COUNTY - COUNTY_FINISHED


def test_every_case_comes_once_on_its_own_day() -> None:
    planned = lives(Cohort("city", CASES))
    assert sorted(life.index for life in planned) == list(range(CASES))
    assert sum(life.plan.instant for life in planned) == CASES * AT_ONCE // CITY
    assert {life.day for life in planned} == set(range(OPENING_DAYS))


def test_cases_of_a_bundle_share_one_application() -> None:
    sizes = Counter(Counter(life.application for life in lives(Cohort("city", CASES))).values())
    assert set(sizes) == {1, 4}
    assert sizes[4] == Cohort("city", CASES).bundles


def test_no_two_steps_have_one_key() -> None:
    keys = [
        number(life.index, n, life.day)
        for cohort in (Cohort("city", CASES), Cohort("county", CASES, CASES))
        for life in lives(cohort)
        for n in range(len(life.steps) + 1)
    ]
    assert len(set(keys)) == len(keys)


def test_the_year_opens_on_253_days_none_of_them_a_feast() -> None:
    days = opening_days(calendar())[:OPENING_DAYS]
    assert days == sorted(set(days))
    assert days[0] == date(2021, 1, 4)
    assert date(2021, 2, 7) in days  # a Sunday that was worked
    assert not {date(2021, 2, 12), date(2021, 10, 1)} & set(days)


@pytest.mark.usefixtures("real_database")
def test_a_day_that_was_cut_short_is_lived_again_without_harm() -> None:
    from banshi.infra.models import Fact

    days, cohort = opening_days(calendar()), (Cohort("city", CASES),)
    with Crew(cohort, days, calendar(), 0, 2, from_day=0) as crew:
        done = [crew.live(day) for day in (0, 1, 2)]
    assert not any(tally.refused for tally in done)
    facts = Fact.objects.count()
    with Crew(cohort, days, calendar(), 0, 2, from_day=2) as again:
        again.live(2)
    assert Fact.objects.count() == facts
    with Crew(cohort, days, calendar(), 0, 2, from_day=3) as on:
        assert not on.live(3).refused
    assert Fact.objects.count() > facts
