"""`cases_write`: what a command leaves in the tables of the cases, by one call (PostgreSQL)."""

from typing import Any

from django.db import migrations

FUNCTION = """
CREATE FUNCTION cases_write(
  private json, cases json, changes json, moves json, gone json, tasks json, documents json
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
  -- Row by row: joined with what JSON holds, a young table would be read from end to end.
  -- First, for it locks: whoever looked at the case before somebody else changed it has nothing to write.
  IF changes IS NOT NULL THEN
    FOR r IN SELECT * FROM json_to_recordset(changes) AS c(region_code text, id uuid, was integer, seq integer,
      state text, status text, due_at timestamptz, warn_on date, statutory_due_on date, closed_on date,
      next_check_at timestamptz)
    LOOP
      UPDATE cases_case SET seq = r.seq, state = r.state, status = r.status, due_at = r.due_at, warn_on = r.warn_on,
        statutory_due_on = r.statutory_due_on, closed_on = r.closed_on, next_check_at = r.next_check_at
      WHERE region_code = r.region_code AND id = r.id AND seq = r.was;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'the case has changed meanwhile' USING ERRCODE = 'serialization_failure';
      END IF;
    END LOOP;
  END IF;
  IF private IS NOT NULL THEN
    INSERT INTO cases_caseprivate (region_code, id, content)
    SELECT region_code, id, content FROM json_populate_recordset(NULL::cases_caseprivate, private)
    ON CONFLICT (region_code, id) DO UPDATE SET content = EXCLUDED.content;
  END IF;
  IF cases IS NOT NULL THEN
    INSERT INTO cases_case (region_code, id, number, application_id, party_id, subject_id, item_code, item_name,
      office_code, hall_code, received_on, due_on, seq, state, status, due_at, warn_on, statutory_due_on, closed_on,
      next_check_at)
    SELECT region_code, id, number, application_id, party_id, subject_id, item_code, item_name,
      office_code, hall_code, received_on, due_on, seq, state, status, due_at, warn_on, statutory_due_on, closed_on,
      next_check_at
    FROM json_populate_recordset(NULL::cases_case, cases);
  END IF;
  IF moves IS NOT NULL THEN
    FOR r IN SELECT region_code, id, office_code, due_on FROM json_populate_recordset(NULL::cases_case, moves) LOOP
      UPDATE cases_case SET office_code = r.office_code, due_on = r.due_on
      WHERE region_code = r.region_code AND id = r.id;
    END LOOP;
  END IF;
  IF gone IS NOT NULL THEN
    FOR r IN SELECT region_code, case_id, key FROM json_populate_recordset(NULL::cases_task, gone) LOOP
      DELETE FROM cases_task WHERE region_code = r.region_code AND case_id = r.case_id AND key = r.key;
    END LOOP;
  END IF;
  IF tasks IS NOT NULL THEN
    INSERT INTO cases_task (region_code, case_id, key, title, office_code, post, holder, since_on, due_on, warn_on,
      number, item_name, case_due_on, case_warn_on)
    SELECT region_code, case_id, key, title, office_code, post, holder, since_on, due_on, warn_on,
      number, item_name, case_due_on, case_warn_on
    FROM json_populate_recordset(NULL::cases_task, tasks)
    ON CONFLICT (region_code, case_id, key) DO UPDATE SET title = EXCLUDED.title,
      office_code = EXCLUDED.office_code, post = EXCLUDED.post, holder = EXCLUDED.holder, due_on = EXCLUDED.due_on,
      warn_on = EXCLUDED.warn_on, case_due_on = EXCLUDED.case_due_on, case_warn_on = EXCLUDED.case_warn_on;
  END IF;
  IF documents IS NOT NULL THEN
    INSERT INTO cases_document (region_code, id, case_id, kind, template_version, number, data, text_id, issued_on,
      file)
    SELECT region_code, id, case_id, kind, template_version, number, data, text_id, issued_on, file
    FROM json_populate_recordset(NULL::cases_document, documents);
  END IF;
END $$
"""


def create(apps: Any, schema: Any) -> None:
    if schema.connection.vendor == "postgresql":
        schema.execute(FUNCTION, params=None)


def drop(apps: Any, schema: Any) -> None:
    if schema.connection.vendor == "postgresql":
        schema.execute("DROP FUNCTION cases_write")


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_task_lights")]
    operations = [migrations.RunPython(create, drop)]
