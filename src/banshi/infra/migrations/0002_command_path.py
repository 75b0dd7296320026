"""`infra_write`: what a command leaves in the tables of the house, by one call (PostgreSQL)."""

from typing import Any

from django.db import migrations

FUNCTION = """
CREATE FUNCTION infra_write(receipts json, facts json, outbox json, deltas json) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF receipts IS NOT NULL THEN
    INSERT INTO infra_receipt (region_code, command_id, at, result)
    SELECT region_code, command_id, at, result FROM json_populate_recordset(NULL::infra_receipt, receipts);
  END IF;
  IF facts IS NOT NULL THEN
    INSERT INTO infra_fact (region_code, stream_id, seq, kind, at, actor, command_id, data)
    SELECT region_code, stream_id, seq, kind, at, actor, command_id, data
    FROM json_populate_recordset(NULL::infra_fact, facts);
  END IF;
  IF outbox IS NOT NULL THEN
    INSERT INTO infra_outbox (region_code, id, stream_id, seq, handler, due_at, state, attempts, error)
    SELECT region_code, id, stream_id, seq, handler, due_at, state, attempts, error
    FROM json_populate_recordset(NULL::infra_outbox, outbox);
  END IF;
  IF deltas IS NOT NULL THEN
    INSERT INTO infra_counterdelta (region_code, id, name, key, delta)
    SELECT region_code, id, name, key, delta FROM json_populate_recordset(NULL::infra_counterdelta, deltas);
  END IF;
END $$
"""


def create(apps: Any, schema: Any) -> None:
    if schema.connection.vendor == "postgresql":
        schema.execute(FUNCTION, params=None)


def drop(apps: Any, schema: Any) -> None:
    if schema.connection.vendor == "postgresql":
        schema.execute("DROP FUNCTION infra_write")


class Migration(migrations.Migration):
    dependencies = [("infra", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
