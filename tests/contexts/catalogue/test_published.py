"""发布: what is published stays as it was; what is loaded must be clean, at the place that it is loaded for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from msgspec.structs import replace as changed

from banshi.contexts.catalogue import operations, queries
from banshi.contexts.catalogue.operations import Publication
from banshi.contexts.catalogue.values import Catalogue, Limit
from banshi.desks.console import content, main
from banshi.infra.config import DATA
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import NotFound

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def shipped() -> Catalogue:
    read = queries.read_files(DATA / "catalogue", DATA / "laws").catalogue
    assert read
    return read


def publish(catalogue: Catalogue) -> Publication:
    return operations.publish(catalogue=catalogue, actor=SYSTEM, at=AT)


def test_only_what_changed_becomes_a_new_version_and_the_old_one_can_still_be_read(
    shipped: Catalogue,
) -> None:
    count = len(shipped.items) + len(shipped.bundles) + 1  # and the dictionaries
    assert publish(shipped) == Publication(count, 0, 0)
    assert publish(shipped) == Publication(0, count, 0)
    passport = changed(shipped.items["passport"], promised=Limit(4, "day"))
    assert publish(changed(shipped, items=shipped.items | {"passport": passport})) == Publication(
        1, count - 1, 0
    )
    assert queries.get_item("passport").version == 2
    assert queries.get_item("passport").definition.promised.days == 4
    assert queries.get_version("passport", 1).promised.days == 5


def test_an_item_that_is_gone_is_not_offered_but_its_versions_stay(shipped: Catalogue) -> None:
    publish(shipped)
    less = {code: item for code, item in shipped.items.items() if code != "passport"}
    assert publish(changed(shipped, items=less)).retired == 1
    with pytest.raises(NotFound):
        queries.get_item("passport")
    assert queries.get_version("passport", 1).name == "普通护照签发"


def test_fields_added_later_do_not_make_new_versions_of_what_does_not_use_them(shipped: Catalogue) -> None:
    """A definition is stored without its defaults, so that a newer program publishes nothing anew."""
    publish(shipped)
    from banshi.contexts.catalogue.models import Definition

    body = Definition.objects.get(kind="item", code="company-name-change").body
    assert not {"hearing", "joint", "renewable", "discretion", "interested"} & set(body.split('"'))


def test_a_promise_above_the_ceiling_of_the_place_is_not_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settings, "BANSHI", replace(settings.BANSHI, city="3707"))
    assert content.load(None, AT) == 1
    said = capsys.readouterr().err
    assert "items/company-registration.yaml:18:1" in said and "潍坊市的上限：1 小时" in said
    with pytest.raises(NotFound):
        queries.catalogue()


def test_the_same_is_checked_before_by_naming_the_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("banshi.desks.console.installation.start_without_data", lambda: None)
    assert main.main(["catalogue", "check", "--place", "370702"]) == 1
    assert "潍坊市" in capsys.readouterr().out
    assert main.main(["catalogue", "check", "--place", "3505"]) == 0


def test_an_items_works_are_drawn_from_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("banshi.desks.console.installation.start_without_data", lambda: None)
    assert main.main(["catalogue", "draw", "food-licence", "--out", str(tmp_path / "works.svg")]) == 0
    assert (tmp_path / "works.svg").read_text("utf-8").startswith("<svg ")
    assert main.main(["catalogue", "draw", "no-such-item"]) == 1
    assert "没有事项 no-such-item" in capsys.readouterr().err
