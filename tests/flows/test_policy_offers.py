"""Policies find people: a run over everybody in steps, one person again when something new is known, and once is enough."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banshi.contexts.policies import operations, queries
from banshi.contexts.policies.values import Library, Offer, Standing, Status
from banshi.desks.console.policies import FOLDER
from banshi.flows import policy_offers as flow
from banshi.infra import clock as house_clock
from banshi.infra.models import Fact
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Refused
from tests.conftest import StoppedClock
from tests.personas import CITY, LICHENG, li, party_of, resident_id
from tests.security.town import chen, deliver, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(clock: StoppedClock) -> Library:
    town()
    li()
    chen()
    found, _ = queries.read_files(FOLDER)
    assert found is not None
    return found


def known(library: Library, party: UUID, **values: Any) -> None:
    operations.record_known(
        region=LICHENG,
        party=party,
        source="health",
        values={f"person.{key}": value for key, value in values.items()},
        elements=library.elements,
        actor=SYSTEM,
        at=house_clock.now(),
    )


def run() -> int:
    """To the end; how many steps it took."""
    steps = 1
    while flow.step(house_clock.now()):
        steps += 1
    return steps


def of(party: UUID) -> dict[str, Offer]:
    return {one.policy: one for one in queries.list_offers([party])}


def test_a_run_finds_everybody_and_shows_how_far_it_is(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "CHUNK", 1)
    one, two = party_of(li()).id, party_of(chen()).id
    known(library, one, youngest_born=date(2025, 8, 20))
    flow.publish(library=library, scope=CITY, actor=SYSTEM, at=house_clock.now())
    (begun,) = queries.list_runs()
    assert (begun.done, begun.percent) == (0, 0)
    assert flow.step(house_clock.now())
    (running,) = queries.list_runs()
    assert running.done == 1 and 0 < running.percent < 100
    run()
    (ended,) = queries.list_runs()
    assert ended.ended_at and ended.done == ended.total >= 2
    assert of(one)["n-tax-infant"].standing is Standing.ENTITLED
    assert of(two)["n-tax-infant"].standing is Standing.CANNOT_TELL
    assert of(one)["n-childcare"].amount_fen == 360_000
    before = Fact.objects.count()
    flow.start(scope=CITY, codes=[], actor=SYSTEM, at=house_clock.now())
    run()
    assert Fact.objects.count() == before + 2  # the run itself; nothing else was new


def test_only_a_changed_policy_is_matched_again(library: Library) -> None:
    import msgspec

    party = party_of(li()).id
    known(library, party, youngest_born=date(2025, 8, 20))
    flow.publish(library=library, scope=CITY, actor=SYSTEM, at=house_clock.now())
    run()
    before = of(party)
    tax = msgspec.structs.replace(library.policies["n-tax-infant"], title="新名称")
    changed = Library({**library.policies, "n-tax-infant": tax}, library.elements)
    done = flow.publish(library=changed, scope=CITY, actor=SYSTEM, at=house_clock.now())
    assert done.changed == ("n-tax-infant",)
    assert queries.list_runs(1)[0].codes == ("n-tax-infant",)
    run()
    after = of(party)
    assert {code for code in after if after[code] != before[code]} == {"n-tax-infant"}
    assert flow.publish(library=changed, scope=CITY, actor=SYSTEM, at=house_clock.now()).changed == ()
    assert len(queries.list_runs()) == 2


def test_something_new_about_a_person_matches_that_person_alone_however_often_it_is_told(
    library: Library,
) -> None:
    flow.publish(library=library, scope=CITY, actor=SYSTEM, at=house_clock.now())
    run()
    one, two = party_of(li()).id, party_of(chen()).id
    before = of(two)
    known(library, one, youngest_born=date(2025, 8, 20))
    deliver()
    assert of(one)["n-tax-infant"].standing is Standing.ENTITLED
    assert of(two) == before
    facts = Fact.objects.count()
    known(library, one, youngest_born=date(2025, 8, 20))
    deliver()
    assert Fact.objects.count() == facts + 1  # that it was told again


def test_no_query_for_each_person(library: Library) -> None:
    operations.publish(library=library, actor=SYSTEM, at=house_clock.now())

    def asked() -> int:
        flow.start(scope=CITY, codes=[], actor=SYSTEM, at=house_clock.now())
        with CaptureQueriesContext(
            connection,
        ) as seen:
            run()
        return len(seen)

    asked()
    run_of_few = asked()
    from tests import personas

    for serial in range(40, 52):
        personas.citizen(f"某{serial}", resident_id(serial), f"100000001{serial}")
    asked()
    assert asked() == run_of_few


def test_what_the_person_adds_is_matched_at_once_and_checked_by_the_office(library: Library) -> None:
    flow.publish(library=library, scope=CITY, actor=SYSTEM, at=house_clock.now())
    run()
    party = party_of(li()).id
    offer = of(party)["n-tax-infant"]
    assert offer.missing == ("person.youngest_born",)
    born = {"person.youngest_born": date(2025, 8, 20)}
    flow.tell(offer=offer, values=born, actor=li().actor, at=house_clock.now())
    offer = of(party)["n-tax-infant"]
    assert offer.standing is Standing.ENTITLED
    assert flow.claim(offer=offer, supplied={}, actor=li().actor, at=house_clock.now()) == "claimed"
    with pytest.raises(Refused):
        flow.claim(offer=offer, supplied={}, actor=li().actor, at=house_clock.now())


def test_a_claim_is_decided_by_what_is_known_at_that_moment(library: Library) -> None:
    flow.publish(library=library, scope=CITY, actor=SYSTEM, at=house_clock.now())
    party = party_of(li()).id
    known(library, party, youngest_born=date(2025, 8, 20))
    run()
    offer = of(party)["n-tax-infant"]
    known(
        library, party, youngest_born=date(2015, 8, 20)
    )  # the register was corrected, nobody matched again yet
    with pytest.raises(Refused) as refused:
        flow.claim(offer=offer, supplied={}, actor=li().actor, at=house_clock.now())
    assert refused.value.rule == "no_longer_entitled"
    assert of(party)["n-tax-infant"].status is Status.OPEN
