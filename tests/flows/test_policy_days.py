"""A new day finds people by itself: birthdays, policies that begin or end; and what repeats may be claimed once a period."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest

from banshi.contexts.policies import operations, queries
from banshi.contexts.policies.values import Library, Mode, Offer, Policy, Standing, Status
from banshi.desks.console.policies import FOLDER
from banshi.flows import policy_offers as flow
from banshi.infra.models import Fact
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Refused
from tests.conftest import StoppedClock
from tests.personas import CITY, LICHENG, li, party_of
from tests.security.town import town

pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 3, 2, 12, tzinfo=UTC)  # eight in the evening of 2 March
MIDNIGHT = datetime(2026, 3, 2, 16, tzinfo=UTC)  # 3 March begins


@pytest.fixture
def shipped(clock: StoppedClock) -> Library:
    town()
    li()
    found, _ = queries.read_files(FOLDER)
    assert found is not None
    return found


def only(library: Library, *policies: Policy) -> Library:
    return Library({one.code: one for one in policies}, library.elements)


def born(library: Library, day: date) -> UUID:
    party = party_of(li()).id
    operations.record_known(
        region=LICHENG, party=party, source="health", values={"person.youngest_born": day},
        elements=library.elements, actor=SYSTEM, at=EVENING,
    )  # fmt: skip
    return party


def run(at: datetime) -> None:
    while flow.step(at):
        pass


def publish(library: Library, at: datetime) -> None:
    flow.publish(library=library, scope=CITY, actor=SYSTEM, at=at)
    run(at)


def of(party: UUID, code: str) -> list[Offer]:
    found = [one for one in queries.list_offers([party]) if one.policy == code]
    return sorted(found, key=lambda one: one.period)


def test_on_the_third_birthday_the_childcare_subsidy_is_off_the_list_by_itself(shipped: Library) -> None:
    party = born(shipped, date(2023, 3, 3))
    publish(only(shipped, shipped.policies["n-childcare"], shipped.policies["n-six-taxes"]), EVENING)
    assert [one.standing for one in of(party, "n-childcare")] == [Standing.ENTITLED]
    flow.turn_day(EVENING)
    assert queries.find_open_run() is None  # it is the same day
    flow.turn_day(MIDNIGHT)
    assert queries.list_runs(1)[0].codes == ("n-childcare",)  # the other does not look at the day
    run(MIDNIGHT)
    assert of(party, "n-childcare") == []
    facts = Fact.objects.count()
    flow.turn_day(MIDNIGHT)
    flow.turn_day(MIDNIGHT)
    assert queries.find_open_run() is None and Fact.objects.count() == facts


def test_a_policy_that_begins_or_ends_is_matched_on_that_day_even_after_days_without_a_server(
    shipped: Library,
) -> None:
    party = born(shipped, date(2025, 8, 20))
    tax = shipped.policies["n-tax-infant"]
    timeless = (msgspec.structs.replace(tax.conditions[0], rule="person.youngest_born > date('2020-01-01')"),)
    later = msgspec.structs.replace(
        tax, conditions=timeless, from_on=date(2026, 3, 5), until_on=date(2026, 3, 6)
    )
    publish(only(shipped, later), EVENING)
    flow.turn_day(MIDNIGHT)
    assert queries.find_open_run() is None and of(party, tax.code) == []
    sixth = datetime(2026, 3, 6, 1, tzinfo=UTC)
    flow.turn_day(sixth)
    run(sixth)
    assert [one.standing for one in of(party, tax.code)] == [Standing.ENTITLED]
    ninth = datetime(2026, 3, 9, 1, tzinfo=UTC)
    flow.turn_day(ninth)
    run(ninth)
    assert of(party, tax.code) == []


def test_a_day_that_begins_while_a_run_is_on_its_way_gets_its_own_afterwards(shipped: Library) -> None:
    party = born(shipped, date(2023, 3, 3))
    flow.publish(library=only(shipped, shipped.policies["n-childcare"]), scope=CITY, actor=SYSTEM, at=EVENING)
    flow.turn_day(MIDNIGHT)
    assert len(queries.list_runs()) == 1
    run(EVENING)
    flow.turn_day(MIDNIGHT)
    run(MIDNIGHT)
    assert len(queries.list_runs()) == 2 and of(party, "n-childcare") == []


def test_a_match_of_one_county_is_no_match_of_everybody(shipped: Library) -> None:
    publish(only(shipped, shipped.policies["n-childcare"]), EVENING)
    flow.start(scope=LICHENG, codes=["n-childcare"], actor=SYSTEM, at=MIDNIGHT)
    run(MIDNIGHT)
    flow.turn_day(MIDNIGHT)
    assert queries.list_runs(1)[0].scope == CITY


def repeating(library: Library, repeat: str, mode: Mode = Mode.CONFIRM) -> Library:
    one = library.policies["n-tax-infant"]
    return only(library, msgspec.structs.replace(one, repeat=repeat, mode=mode))


@pytest.mark.parametrize(
    ("repeat", "within", "next_", "periods"),
    [
        ("month", datetime(2026, 3, 31, 15, 59, tzinfo=UTC), datetime(2026, 3, 31, 16, tzinfo=UTC), ["2026-03", "2026-04"]),
        ("year", datetime(2026, 12, 31, 15, 59, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC), ["2026", "2027"]),
    ],
)  # fmt: skip
def test_what_repeats_is_claimed_once_in_each_period(
    shipped: Library, repeat: str, within: datetime, next_: datetime, periods: list[str]
) -> None:
    party = born(shipped, date(2025, 8, 20))
    publish(repeating(shipped, repeat), EVENING)
    (first,) = of(party, "n-tax-infant")
    assert flow.claim(offer=first, supplied={}, actor=li().actor, at=EVENING) == "granted"
    flow.turn_day(within)
    run(within)
    (first,) = of(party, "n-tax-infant")
    with pytest.raises(Refused):
        flow.claim(offer=first, supplied={}, actor=li().actor, at=within)
    for _ in range(2):
        flow.turn_day(next_)
        run(next_)
    first, second = of(party, "n-tax-infant")
    assert [first.period, second.period] == periods
    assert (first.status, second.status) == (Status.GRANTED, Status.OPEN)
    assert flow.claim(offer=second, supplied={}, actor=li().actor, at=next_) == "granted"
    figures = queries.figures(["n-tax-infant"])["n-tax-infant"]
    assert (figures.claimed, figures.granted, figures.granted_fen) == (2, 2, 2 * 200_000)


def test_what_nobody_claimed_is_carried_into_the_next_period_and_not_owed_twice(shipped: Library) -> None:
    party = born(shipped, date(2025, 8, 20))
    publish(repeating(shipped, "month"), EVENING)
    april = datetime(2026, 4, 1, 1, tzinfo=UTC)
    (stale,) = of(party, "n-tax-infant")
    flow.claim(offer=stale, supplied={}, actor=li().actor, at=april)  # before anybody was matched again
    flow.turn_day(april)
    run(april)
    assert [(one.period, one.status) for one in of(party, "n-tax-infant")] == [("2026-04", Status.GRANTED)]


def test_a_direct_grant_comes_by_itself_in_every_period(shipped: Library) -> None:
    party = born(shipped, date(2025, 8, 20))
    publish(repeating(shipped, "month", Mode.DIRECT), EVENING)
    for month in (4, 4, 5):
        day = datetime(2026, month, 1, 1, tzinfo=UTC)
        flow.turn_day(day)
        run(day)
    granted = [(one.period, one.status) for one in of(party, "n-tax-infant")]
    assert granted == [(f"2026-0{month}", Status.GRANTED) for month in (3, 4, 5)]


def test_what_does_not_repeat_stays_claimed(shipped: Library) -> None:
    party = born(shipped, date(2025, 8, 20))
    publish(repeating(shipped, ""), EVENING)
    flow.claim(offer=of(party, "n-tax-infant")[0], supplied={}, actor=li().actor, at=EVENING)
    year_later = datetime(2027, 3, 2, 1, tzinfo=UTC)
    flow.turn_day(year_later)
    run(year_later)
    assert [one.status for one in of(party, "n-tax-infant")] == [Status.GRANTED]


def test_what_excludes_another_does_so_in_its_own_period_alone(shipped: Library) -> None:
    party = born(shipped, date(2025, 8, 20))
    one = msgspec.structs.replace(shipped.policies["n-tax-infant"], repeat="month", excludes=("other",))
    other = msgspec.structs.replace(
        one,
        code="other",
        repeat="",
        excludes=(),
        benefit=msgspec.structs.replace(one.benefit, amount="yuan(9000)"),
    )
    publish(only(shipped, one), EVENING)
    flow.claim(offer=of(party, one.code)[0], supplied={}, actor=li().actor, at=EVENING)
    publish(only(shipped, one, other), EVENING)
    assert [it.standing for it in of(party, "other")] == [Standing.EXCLUDED]
    april = datetime(2026, 4, 1, 1, tzinfo=UTC)
    flow.turn_day(april)
    run(april)
    assert [it.standing for it in of(party, "other")] == [Standing.ENTITLED]
