"""只增不改: triggers by which the database itself refuses to change or delete rows of a table (storage rule 7)."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_SQLITE = """
CREATE TRIGGER {table}_no_{event} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION banshi_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
_POSTGRESQL = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION banshi_append_only()
"""


def protect(schema: BaseDatabaseSchemaEditor, *tables: str) -> None:
    """Make tables append-only; for `RunPython` in migrations."""
    if schema.connection.vendor == "sqlite":
        for table in tables:
            for event in ("update", "delete"):
                schema.execute(_SQLITE.format(table=table, event=event))
        return
    schema.execute(_FUNCTION)
    for table in tables:
        schema.execute(_POSTGRESQL.format(table=table))


def release(schema: BaseDatabaseSchemaEditor, *tables: str) -> None:
    """Undo `protect`, before the tables go."""
    for table in tables:
        if schema.connection.vendor == "sqlite":
            for event in ("update", "delete"):
                schema.execute(f"DROP TRIGGER {table}_no_{event}")
        else:
            schema.execute(f"DROP TRIGGER {table}_append_only ON {table}")
