"""牵头部门看全程: the office that leads a bundle sees every department's part of it, and no other office does."""

from __future__ import annotations

import pytest

from banshi.contexts.cases import queries
from banshi.directory.models import Staff
from tests.conftest import StoppedClock
from tests.flows.city import begin
from tests.personas import lin, password_hash, wang
from tests.security.town import Visitor, health

pytestmark = pytest.mark.django_db


def with_one_password() -> None:
    """The demo's people have passwords that nobody knows here."""
    Staff.objects.update(password=password_hash(), must_change_password=False)


def test_the_leading_office_sees_the_whole(clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("restaurant", monkeypatch)
    walk.apply()
    clock.at = walk.now
    with_one_password()
    officer = Visitor.signed_in(lin())
    page = officer.get("/officer/bundles/").text
    assert page.count('class="row-link"') == 1
    assert f"0/{len(walk.cases)}" in page
    whole = officer.get(f"/officer/bundle/{walk.region}/{walk.application}/").text
    for state in queries.list_of_application(walk.region, walk.application):
        assert state.plan.name in whole
        opened = f"/officer/case/{state.region}/{state.id}/" in whole
        assert opened == queries.may_see(state, lin().actor)


def test_others_do_not(clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = begin("restaurant", monkeypatch)
    walk.apply()
    clock.at = walk.now
    with_one_password()
    other = Visitor.signed_in(health())
    assert 'class="row-link"' not in other.get("/officer/bundles/").text
    assert other.get(f"/officer/bundle/{walk.region}/{walk.application}/").status == 404
    assert Visitor.signed_in(wang()).get("/officer/bundles/").status == 404
