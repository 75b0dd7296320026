"""Who may open which page, and that nobody gets at another's matter."""

from __future__ import annotations

import pytest
from django.urls import get_resolver

from banshi.desks.citizen import urls
from banshi.infra.store import new_id
from tests.personas import LICHENG, li, lin
from tests.security.town import Visitor, applied, begin, chen, town

pytestmark = pytest.mark.django_db
OWN = ("/me", "/me/matters", "/me/certificates", "/me/contact", "/me/password", "/apply/bundle/newborn")


def test_every_page_says_who_may_open_it() -> None:
    for pattern in urls.urlpatterns:
        assert hasattr(pattern.callback, "access"), f"{pattern.name} has no @access"
    assert {pattern.name for pattern in urls.urlpatterns} >= {"sign_in", "sign_out"}
    assert get_resolver().reverse_dict


@pytest.mark.parametrize("address", OWN)
def test_a_stranger_is_sent_to_sign_in_and_back(address: str) -> None:
    town()
    answer = Visitor().get(address)
    assert answer.status == 302
    assert answer.location.startswith("/sign-in?next=")


@pytest.mark.parametrize("address", OWN)
def test_for_staff_these_pages_are_not_there(address: str) -> None:
    town()
    clerk = Visitor.signed_in(lin())
    assert clerk.get(address).status == 404


def test_a_draft_is_there_for_its_owner_alone() -> None:
    town()
    draft = begin(Visitor.signed_in(li())).draft
    other = Visitor.signed_in(chen())
    for page in ("", "list", "form/shop", "materials", "check", "done", "discard"):
        assert other.get(f"{draft}/{page}").status == 404
        assert other.post(f"{draft}/{page}", {"text": "x"}).status in (404, 405)


def test_a_case_is_there_for_its_applicant_alone() -> None:
    town()
    matter = applied(Visitor.signed_in(li()))
    other = Visitor.signed_in(chen())
    assert other.get(f"/m/{LICHENG}/{matter.id}").status == 404
    for page in ("correct", "correct/values", "correct/materials/other", "withdraw", "rate"):
        assert other.get(f"{matter.own}/{page}").status == 404
        assert other.post(f"{matter.own}/{page}", {"grade": "satisfied"}).status == 404
    assert other.get(f"{matter.own}/papers/{new_id()}.pdf").status == 404
