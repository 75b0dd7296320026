"""The tables are what the models say, for whoever installs afresh and whoever upgrades."""

from __future__ import annotations

import ast
import re
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = sorted((ROOT / "src/banshi").glob("**/migrations/0*.py"))


@pytest.mark.django_db
def test_nothing_was_changed_in_a_model_without_a_migration() -> None:
    said = StringIO()
    call_command("makemigrations", check_changes=True, dry_run=True, stdout=said)
    assert said.getvalue().strip() == "No changes detected"


@pytest.mark.django_db
def test_every_table_and_column_is_there() -> None:
    with connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor))
        for model in apps.get_models():
            table = model._meta.db_table
            assert table in names, table
            there = {column.name for column in connection.introspection.get_table_description(cursor, table)}
            assert there == {field.column for field in model._meta.local_concrete_fields if field.column}, (
                table
            )


@pytest.mark.django_db
def test_what_may_not_be_changed_is_guarded_by_the_database() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        guarded = {row[0] for row in cursor.fetchall()}
    assert {"infra_fact", "infra_audit"} <= guarded


def test_only_the_key_of_a_table_begins_with_the_county() -> None:
    """PostgreSQL, which knows nothing of a young table, would as soon take another index for “this county, this id” and
    read the whole county: so every other index begins with what tells rows apart."""
    wrong = [
        f"{model.__name__}: {one.name}"
        for model in apps.get_models()
        if isinstance(model._meta.pk, models.CompositePrimaryKey)
        for one in (*model._meta.indexes, *model._meta.constraints)
        if getattr(one, "fields", ())[:1] in (("region_code",), ["region_code"])
    ]
    assert wrong == []


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_a_migration_imports_nothing_that_will_change(path: Path) -> None:
    """It must still run years later: of ours, only what guards tables, and the shape of a private table."""
    allowed = {"banshi.infra.append_only", "banshi.infra.private"}
    imported = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            imported |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
    assert {name for name in imported if name.startswith("banshi.")} <= allowed


def test_migrations_stand_in_one_row_in_each_app() -> None:
    for folder in {path.parent for path in MIGRATIONS}:
        numbers = [re.match(r"(\d+)_", path.name)[1] for path in sorted(folder.glob("0*.py"))]  # type: ignore[index]
        assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)], folder
