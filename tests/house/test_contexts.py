"""Each context is a room of its own: a README at the door, no foreign key through the wall, its county in every key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from banshi.infra.private import Private

ROOT = Path(__file__).resolve().parents[2]
CONTEXTS = sorted(path.parent for path in (ROOT / "src/banshi/contexts").glob("*/__init__.py"))
# Each part of a README, by words that begin it.
PARTS = {
    "the words, in a table": r"^\| ?词 ?\|.*\|\n\|[-| ]+\|\n(\|.+\|\n){2,}",
    "what can happen": r"\b[Hh]appens?\b",
    "what may be asked": r"\b[Aa]sked\b",
    "where it is used": r"\b[Uu]sed\b",
    "where each limit comes from": r"\b([Ll]imits?|[Ss]ources?)\b.*\b(come from|sources?|limits)\b",
    "what is not here": r"\b[Nn]ot here\b",
}
OUR_MODELS = [model for model in apps.get_models() if model.__module__.startswith("banshi.")]


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda path: path.name)
def test_a_context_says_in_forty_lines_what_it_is(context: Path) -> None:
    readme = context / "README.md"
    assert readme.is_file(), f"缺少 {readme.relative_to(ROOT)}（写法见 contexts/certificates/README.md）"
    text = readme.read_text("utf-8")
    assert len(text.splitlines()) <= 40
    title, _, rest = text.partition("\n")
    assert re.fullmatch(rf"# [\u4e00-\u9fff]+ {context.name}.*", title), title
    promise = rest.strip().split("\n\n")[0]
    assert promise.endswith(".") and not promise.removeprefix("**Promise.**").startswith(("|", "#", "*"))
    missing = [part for part, words in PARTS.items() if not re.search(words, text, re.M)]
    assert missing == []


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda path: path.name)
def test_a_readme_names_nothing_that_is_not_there(context: Path) -> None:
    """Names of code in `backquotes`: a file of the context, or a name in it, or of what it speaks of elsewhere."""
    text = (context / "README.md").read_text("utf-8")
    everything = "\n".join(path.read_text("utf-8") for path in (ROOT / "src/banshi").rglob("*.py"))
    words = set(re.findall(r"(?<!\w)[A-Za-z_]\w{2,}", everything))
    words |= {path.stem for path in (ROOT / "src/banshi").rglob("*") if "static" not in path.parts}
    names = {
        name for quoted in re.findall(r"`([^`\n]+)`", text) for name in re.findall(r"[A-Za-z_]\w{2,}", quoted)
    }
    names -= {"data", "json", "yaml"}
    assert {name for name in names if name not in words and name.lower() not in words} == set()


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda path: path.name)
def test_a_context_consists_of_files_with_the_known_names(context: Path) -> None:
    """Doors and what lies behind them; a package in place of a file where there is more of it."""
    known = {"values", "events", "rules", "models", "store", "operations", "queries", "apps", "migrations"}
    found = {
        path.stem for path in context.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    # What some have besides: templates; files that are read; how `verify` checks its tables; clocks and versions moved in
    # bulk; what is learnt.
    some = {"__init__", "documents", "files", "verification", "moves", "suggest"}
    assert found - known - some == set()
    assert {"values", "queries"} <= found


def app_of(model: type[models.Model]) -> str:
    return model._meta.app_label


def test_no_foreign_key_goes_through_a_wall() -> None:
    through = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in OUR_MODELS
        for field in model._meta.get_fields(include_hidden=True)
        if (field.many_to_one or field.one_to_one or field.many_to_many)
        and isinstance(field.related_model, type)
        and app_of(field.related_model) != app_of(model)
    ]
    assert through == []


def test_contexts_have_no_foreign_keys_at_all() -> None:
    """Nor within: a key with two parts is no foreign key's target in every database that this has to run on."""
    keys = [
        f"{model._meta.label}.{field.name}"
        for model in OUR_MODELS
        if ".contexts." in model.__module__ or ".infra." in model.__module__
        for field in model._meta.fields
        if field.is_relation
    ]
    assert keys == []


def composite() -> list[type[models.Model]]:
    return [model for model in OUR_MODELS if isinstance(model._meta.pk, models.CompositePrimaryKey)]


def test_the_county_stands_first_in_every_key_of_two_parts() -> None:
    found = composite()
    assert len(found) >= 12
    wrong = [model._meta.label for model in found if model._meta.pk.field_names[0] != "region_code"]
    assert wrong == []


def test_what_is_unique_is_unique_within_a_county() -> None:
    """Or the tables could not lie on several servers."""
    wrong = [
        f"{model._meta.label}: {constraint.name}"
        for model in composite()
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and "region_code" not in constraint.fields
    ]
    wrong += [
        f"{model._meta.label}.{field.name}"
        for model in composite()
        for field in model._meta.local_fields
        if field.unique and not field.primary_key
    ]
    assert wrong == []


def test_what_is_of_one_case_or_person_carries_its_county() -> None:
    """Reference tables, sign-ins and indexes that say where something lies are the only ones with a key of one part."""
    single = {model._meta.label for model in OUR_MODELS if model not in composite()}
    assert single == {
        *("infra.Session", "infra.File", "infra.Audit", "infra.Throttle", "catalogue.Definition"),
        *("directory.Region", "directory.Office", "directory.Hall", "directory.Window", "directory.Staff"),
        *("directory.PostHeld", "directory.PartyIndex", "directory.Account", "directory.Mandate"),
        "certificates.CertificateIndex",
    }


def test_personal_text_has_no_column_but_the_private_ones() -> None:
    """Names, phones, addresses and free text of people: by the names of the columns of every other table."""
    personal = re.compile(
        r"name|phone|mobile|address|birth|resident|id_card|holder|reason|opinion|comment|remark|email"
    )
    ours = {  # columns that sound so and hold something else
        *("infra.Outbox.handler", "infra.Counter.name", "infra.CounterDelta.name", "infra.Audit.address"),
        *("cases.Case.item_name", "cases.Task.item_name", "cases.Task.holder", "directory.Region.name"),
        *(
            "directory.Office.name",
            "directory.Office.phone",
            "directory.Office.address",
            "directory.Hall.name",
        ),
        *("directory.Hall.address", "directory.Staff.username", "directory.Staff.display_name"),
    }
    found = {
        f"{model._meta.label}.{field.name}"
        for model in OUR_MODELS
        if not issubclass(model, Private)
        for field in model._meta.local_fields
        if personal.search(field.name)
    }
    assert found - ours == set()
