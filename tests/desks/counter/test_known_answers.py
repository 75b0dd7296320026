"""At the counter too: what is known is chosen already, with where it is known from; the clerk may choose otherwise."""

from __future__ import annotations

import pytest

from banshi.contexts.intake.models import Application
from tests.desks.citizen.test_known_answers import answered_before
from tests.desks.counter.test_fill import begin, clerk
from tests.personas import li
from tests.security.town import Visitor

pytestmark = pytest.mark.django_db
__all__ = ["clerk"]


def kept() -> str:
    return Application.objects.get(submitted_at=None).answers


def test_known_answers_open_the_form_at_once_and_stay_known_while_nobody_changes_them(clerk: Visitor) -> None:
    answered_before(li(), {"applicant_is": "mother", "parents_married": "married"})
    address = begin(clerk, "item:birth-registration")
    page = clerk.get(address).text
    assert 'name="child_name"' in page, "nothing had to be asked"
    assert "以前办过的事" in page
    as_shown = {"act": "save", "q_applicant_is": "mother", "q_parents_married": "married"}
    clerk.sent(clerk.post(address, as_shown))
    assert kept() == "{}"
    assert "以前办过的事" in clerk.get(address).text


def test_what_the_clerk_chooses_otherwise_counts(clerk: Visitor) -> None:
    answered_before(li(), {"applicant_is": "mother", "parents_married": "married"})
    address = begin(clerk, "item:birth-registration")
    clerk.sent(
        clerk.post(address, {"act": "save", "q_applicant_is": "mother", "q_parents_married": "unmarried"})
    )
    assert kept() == '{"parents_married":"unmarried"}'
    assert "非婚生育情况说明" in clerk.get(address).text
    # Chosen back, it is an answer of its own.
    clerk.sent(
        clerk.post(address, {"act": "save", "q_applicant_is": "mother", "q_parents_married": "married"})
    )
    assert kept() == '{"parents_married":"married"}'
