"""Points, occasions and rewards: two tables, a column, and `tickets_write` that writes them (PostgreSQL)."""

from importlib import import_module
from typing import Any

from django.db import migrations, models

FUNCTION = """
CREATE FUNCTION tickets_write(
  private json, tickets json, changes json, moves json, gone json, tasks json, defects json,
  breaches json, rewards json
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
  -- Row by row: joined with what JSON holds, a young table would be read from end to end.
  -- First, for it locks: whoever looked at the ticket before somebody else changed it has nothing to write.
  IF changes IS NOT NULL THEN
    FOR r IN SELECT * FROM json_to_recordset(changes) AS c(region_code text, id uuid, was integer, seq integer,
      state text, status text, urgency text, changed_at timestamptz, due_on date, warn_on date, closed_on date,
      next_check_at timestamptz) ORDER BY region_code, id
    LOOP
      UPDATE tickets_ticket SET seq = r.seq, state = r.state, status = r.status, urgency = r.urgency,
        changed_at = r.changed_at, due_on = r.due_on, warn_on = r.warn_on, closed_on = r.closed_on,
        next_check_at = r.next_check_at
      WHERE region_code = r.region_code AND id = r.id AND seq = r.was;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'the ticket has changed meanwhile' USING ERRCODE = 'serialization_failure';
      END IF;
    END LOOP;
  END IF;
  IF private IS NOT NULL THEN
    INSERT INTO tickets_ticketprivate (region_code, id, content)
    SELECT region_code, id, content FROM json_populate_recordset(NULL::tickets_ticketprivate, private)
    ON CONFLICT (region_code, id) DO UPDATE SET content = EXCLUDED.content;
  END IF;
  IF tickets IS NOT NULL THEN
    INSERT INTO tickets_ticket (region_code, id, number, origin, kind, channel, centre, party_id, case_id,
      contact_index, words_index, place, raised_on, raised_at, office_code, category, parent_id, seq, state, status,
      urgency, changed_at, due_on, warn_on, closed_on, next_check_at, occasion_id)
    SELECT region_code, id, number, origin, kind, channel, centre, party_id, case_id,
      contact_index, words_index, place, raised_on, raised_at, office_code, category, parent_id, seq, state, status,
      urgency, changed_at, due_on, warn_on, closed_on, next_check_at, occasion_id
    FROM json_populate_recordset(NULL::tickets_ticket, tickets);
  END IF;
  IF moves IS NOT NULL THEN
    FOR r IN SELECT region_code, id, office_code, category, parent_id
      FROM json_populate_recordset(NULL::tickets_ticket, moves)
    LOOP
      UPDATE tickets_ticket SET office_code = r.office_code, category = r.category, parent_id = r.parent_id
      WHERE region_code = r.region_code AND id = r.id;
    END LOOP;
  END IF;
  IF gone IS NOT NULL THEN
    FOR r IN SELECT region_code, ticket_id, key FROM json_populate_recordset(NULL::tickets_tickettask, gone) LOOP
      DELETE FROM tickets_tickettask
      WHERE region_code = r.region_code AND ticket_id = r.ticket_id AND key = r.key;
    END LOOP;
  END IF;
  IF tasks IS NOT NULL THEN
    INSERT INTO tickets_tickettask (region_code, ticket_id, key, office_code, post, taken_by, since_on, due_on,
      warn_on, number, kind, category, urgency)
    SELECT region_code, ticket_id, key, office_code, post, taken_by, since_on, due_on,
      warn_on, number, kind, category, urgency
    FROM json_populate_recordset(NULL::tickets_tickettask, tasks)
    ON CONFLICT (region_code, ticket_id, key) DO UPDATE SET office_code = EXCLUDED.office_code,
      post = EXCLUDED.post, taken_by = EXCLUDED.taken_by, since_on = EXCLUDED.since_on, due_on = EXCLUDED.due_on,
      warn_on = EXCLUDED.warn_on, category = EXCLUDED.category, urgency = EXCLUDED.urgency;
  END IF;
  IF defects IS NOT NULL THEN
    INSERT INTO tickets_itemdefect (region_code, ticket_id, n, item_code, cause, part, found_on, settled, settled_on)
    SELECT region_code, ticket_id, n, item_code, cause, part, found_on, settled, settled_on
    FROM json_populate_recordset(NULL::tickets_itemdefect, defects)
    ON CONFLICT (region_code, ticket_id, n) DO UPDATE SET settled = EXCLUDED.settled,
      settled_on = EXCLUDED.settled_on;
  END IF;
  IF breaches IS NOT NULL THEN
    INSERT INTO tickets_breachfound (region_code, ticket_id, n, breach, office_code, post, staff_code, found_on,
      disposed_on)
    SELECT region_code, ticket_id, n, breach, office_code, post, staff_code, found_on, disposed_on
    FROM json_populate_recordset(NULL::tickets_breachfound, breaches)
    ON CONFLICT (region_code, ticket_id, n) DO UPDATE SET disposed_on = EXCLUDED.disposed_on;
  END IF;
  IF rewards IS NOT NULL THEN
    INSERT INTO tickets_rewardgiven (region_code, ticket_id, centre, office_code, number, level, fen, points,
      proposed_on, granted_on, refused_on, claimed_on)
    SELECT region_code, ticket_id, centre, office_code, number, level, fen, points,
      proposed_on, granted_on, refused_on, claimed_on
    FROM json_populate_recordset(NULL::tickets_rewardgiven, rewards)
    ON CONFLICT (region_code, ticket_id) DO UPDATE SET office_code = EXCLUDED.office_code, level = EXCLUDED.level,
      fen = EXCLUDED.fen, points = EXCLUDED.points, proposed_on = EXCLUDED.proposed_on,
      granted_on = EXCLUDED.granted_on, refused_on = EXCLUDED.refused_on, claimed_on = EXCLUDED.claimed_on;
  END IF;
END $$
"""


def replace(apps: Any, schema: Any) -> None:
    if schema.connection.vendor == "postgresql":
        schema.execute("DROP FUNCTION tickets_write(json, json, json, json, json, json, json, json)")
        schema.execute(FUNCTION, params=None)


def back(apps: Any, schema: Any) -> None:
    if schema.connection.vendor == "postgresql":
        schema.execute("DROP FUNCTION tickets_write")
        import_module("banshi.contexts.tickets.migrations.0002_command_path").create(apps, schema)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_command_path")]
    operations = [
        migrations.CreateModel(
            name="Occasion",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "region_code", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("region_code", models.CharField(max_length=6)),
                ("id", models.UUIDField()),
                ("seq", models.PositiveIntegerField()),
                ("state", models.TextField()),
                ("kind", models.CharField(max_length=12)),
                ("centre", models.CharField(max_length=6)),
                ("opens_on", models.DateField()),
                ("closes_on", models.DateField()),
                ("closed_on", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RewardGiven",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "region_code",
                        "ticket_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("region_code", models.CharField(max_length=6)),
                ("ticket_id", models.UUIDField()),
                ("centre", models.CharField(max_length=6)),
                ("office_code", models.CharField(max_length=40)),
                ("number", models.CharField(max_length=20)),
                ("level", models.CharField(max_length=40)),
                ("fen", models.PositiveIntegerField()),
                ("points", models.PositiveIntegerField()),
                ("proposed_on", models.DateField()),
                ("granted_on", models.DateField(null=True)),
                ("refused_on", models.DateField(null=True)),
                ("claimed_on", models.DateField(null=True)),
            ],
        ),
        migrations.AddField("ticket", "occasion_id", models.UUIDField(null=True)),
        migrations.AddIndex(
            "ticket",
            models.Index(
                condition=models.Q(("occasion_id__isnull", False)),
                fields=["occasion_id", "raised_at"],
                name="ticket_occasion",
            ),
        ),
        migrations.AddIndex(
            "ticket",
            models.Index(
                condition=models.Q(("kind", "pain_point")),
                fields=["centre", "raised_on", "id"],
                name="ticket_points",
            ),
        ),
        migrations.AddIndex(
            "occasion", models.Index(fields=["centre", "kind", "opens_on", "id"], name="occasion_list")
        ),
        migrations.AddIndex(
            "rewardgiven", models.Index(fields=["centre", "proposed_on", "ticket_id"], name="reward_list")
        ),
        migrations.RunPython(replace, back),
    ]
