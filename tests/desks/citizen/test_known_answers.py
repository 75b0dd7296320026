"""A question whose answer is known is not asked: it is shown with its source, and can be changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from banshi.contexts.intake import operations as intake
from banshi.contexts.intake.models import Application
from banshi.flows import apply
from banshi.infra.store import write
from tests.conftest import StoppedClock
from tests.desks.citizen.test_apply import answer_all, start
from tests.personas import AT, LICHENG, Persona, li, party_of
from tests.security.town import Visitor, chen, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def citizen(clock: StoppedClock) -> Visitor:
    town()
    return Visitor.signed_in(li())


def answered_before(who: Persona, answers: Mapping[str, str], days_ago: int = 30) -> None:
    """A newborn's bundle that was handed in earlier."""
    at = AT - timedelta(days=days_ago)
    id = intake.start(
        region=LICHENG, party=party_of(who).id, target="bundle:newborn", title="新生儿", channel="online",
        actor=who.actor, at=at,
    )  # fmt: skip
    write(
        lambda tx: intake.submit(
            tx, region=LICHENG, id=id, answers=answers, versions={}, actor=who.actor, digests={}
        ),
        at=at,
        actor=who.actor.code,
    )


def test_what_was_answered_in_an_earlier_matter_is_shown_and_not_asked_again(citizen: Visitor) -> None:
    answered_before(li(), {"applicant_is": "mother", "parents_married": "married", "mother_insured": "other"})
    address = start(citizen)
    assert address.endswith("/questions/mother_insured"), "that may have changed, and is asked"
    page = citizen.get(address).text
    assert "已经知道，不再问" in page and "您以前办过的事" in page
    draft = address.split("/questions/")[0]
    assert f"{draft}/questions/parents_married" in page
    assert answer_all(citizen, address).endswith("/list")
    page = citizen.get(f"{draft}/list").text
    assert "您是孩子的" in page and "您以前办过的事" in page
    assert Application.objects.get(submitted_at=None).answers.count("parents_married") == 0


def test_a_known_answer_can_be_changed_and_then_counts(citizen: Visitor) -> None:
    answered_before(li(), {"applicant_is": "mother", "parents_married": "married"})
    address = start(citizen)
    draft = address.split("/questions/")[0]
    page = citizen.get(f"{draft}/questions/parents_married").text
    assert "领过结婚证吗" in page and 'value="married" checked' in page
    ahead = citizen.sent(citizen.post(f"{draft}/questions/parents_married", {"parents_married": "unmarried"}))
    assert ahead.location == address
    answer_all(citizen, address)
    page = citizen.get(f"{draft}/list").text
    assert "没有领" in page and "非婚生育情况说明" in page


def test_the_latest_answer_counts_and_only_ones_own(citizen: Visitor) -> None:
    answered_before(li(), {"applicant_is": "father"}, 60)
    answered_before(li(), {"applicant_is": "mother"}, 20)
    answered_before(chen(), {"applicant_is": "father", "parents_married": "married"}, 5)
    address = start(citizen)
    assert address.endswith("/questions/parents_married")
    assert "母亲" in citizen.get(address).text


def test_what_was_known_is_kept_with_what_is_submitted(citizen: Visitor, clock: StoppedClock) -> None:
    """So that the next matter knows it too, and this one stays what it was when a certificate ends."""
    answered_before(li(), {"applicant_is": "mother"})
    address = start(citizen, "/apply/item/birth-registration")
    assert address.endswith("/questions/parents_married")
    citizen.sent(citizen.post(address, {"parents_married": "married"}))
    now = apply.standing(LICHENG, Application.objects.get(submitted_at=None).id, li().actor, clock())
    assert [one.question.code for one in now.progress.known] == ["applicant_is"]
    write(
        lambda tx: intake.submit(
            tx, region=LICHENG, id=now.application.id, answers=now.progress.answers, versions={},
            actor=li().actor, digests={},
        ),
        at=clock(), actor=li().actor.code,
    )  # fmt: skip
    kept = apply.standing(LICHENG, now.application.id, li().actor, clock())
    assert kept.progress.known == ()
    assert kept.progress.answers == {"applicant_is": "mother", "parents_married": "married"}
