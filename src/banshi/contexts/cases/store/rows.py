"""热表写法: how the command path writes the rows of a case: by these statements on SQLite, by `cases_write` on PostgreSQL."""

from __future__ import annotations

from banshi.infra import private
from banshi.infra.rows import Call, Rows

_CALL = Call("cases_write", 7)
PRIVATE = Rows.of(_CALL, 0, "cases_caseprivate", private.COLUMNS, private.REPLACE)

CASES = Rows.of(
    _CALL,
    1,
    "cases_case",
    "region_code, id, number, application_id, party_id, subject_id, item_code, item_name, office_code, hall_code,"
    " received_on, due_on, seq, state, status, due_at, warn_on, statutory_due_on, closed_on, next_check_at",
)
CHANGES = Rows.change(
    _CALL,
    2,
    "cases_case",
    "seq, state, status, due_at, warn_on, statutory_due_on, closed_on, next_check_at",
    "region_code, id",
    guard="seq",
)
# Apart, because SQLite writes the indexes of every column that it is told to set.
MOVES = Rows.change(_CALL, 3, "cases_case", "office_code, due_on", "region_code, id")
GONE = Rows.gone(_CALL, 4, "cases_task", "region_code, case_id, key")
# What waited before goes on waiting since then.
TASKS = Rows.of(
    _CALL,
    5,
    "cases_task",
    "region_code, case_id, key, title, office_code, post, holder, since_on, due_on, warn_on, number, item_name,"
    " case_due_on, case_warn_on",
    " ON CONFLICT (region_code, case_id, key) DO UPDATE SET title = EXCLUDED.title, office_code = EXCLUDED.office_code,"
    " post = EXCLUDED.post, holder = EXCLUDED.holder, due_on = EXCLUDED.due_on, warn_on = EXCLUDED.warn_on,"
    " case_due_on = EXCLUDED.case_due_on, case_warn_on = EXCLUDED.case_warn_on",
)
DOCUMENTS = Rows.of(
    _CALL,
    6,
    "cases_document",
    "region_code, id, case_id, kind, template_version, number, data, text_id, issued_on, file",
)
