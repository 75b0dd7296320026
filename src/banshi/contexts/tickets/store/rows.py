"""热表写法: how the command path writes the rows of a ticket: by these statements on SQLite, by `tickets_write` on PostgreSQL."""

from __future__ import annotations

from banshi.infra import private
from banshi.infra.rows import Call, Rows

_CALL = Call("tickets_write", 9)
PRIVATE = Rows.of(_CALL, 0, "tickets_ticketprivate", private.COLUMNS, private.REPLACE)

TICKETS = Rows.of(
    _CALL,
    1,
    "tickets_ticket",
    "region_code, id, number, origin, kind, channel, centre, party_id, case_id, contact_index, words_index, place,"
    " raised_on, raised_at, office_code, category, parent_id, seq, state, status, urgency, changed_at, due_on, warn_on,"
    " closed_on, next_check_at, occasion_id",
)
CHANGES = Rows.change(
    _CALL,
    2,
    "tickets_ticket",
    "seq, state, status, urgency, changed_at, due_on, warn_on, closed_on, next_check_at",
    "region_code, id",
    guard="seq",
)
# Apart, because SQLite writes the indexes of every column that it is told to set.
MOVES = Rows.change(_CALL, 3, "tickets_ticket", "office_code, category, parent_id", "region_code, id")
GONE = Rows.gone(_CALL, 4, "tickets_tickettask", "region_code, ticket_id, key")
TASKS = Rows.of(
    _CALL,
    5,
    "tickets_tickettask",
    "region_code, ticket_id, key, office_code, post, taken_by, since_on, due_on, warn_on, number, kind, category, urgency",
    " ON CONFLICT (region_code, ticket_id, key) DO UPDATE SET office_code = EXCLUDED.office_code, post = EXCLUDED.post,"
    " taken_by = EXCLUDED.taken_by, since_on = EXCLUDED.since_on, due_on = EXCLUDED.due_on, warn_on = EXCLUDED.warn_on,"
    " category = EXCLUDED.category, urgency = EXCLUDED.urgency",
)
DEFECTS = Rows.of(
    _CALL,
    6,
    "tickets_itemdefect",
    "region_code, ticket_id, n, item_code, cause, part, found_on, settled, settled_on",
    " ON CONFLICT (region_code, ticket_id, n) DO UPDATE SET settled = EXCLUDED.settled, settled_on = EXCLUDED.settled_on",
)
BREACHES = Rows.of(
    _CALL,
    7,
    "tickets_breachfound",
    "region_code, ticket_id, n, breach, office_code, post, staff_code, found_on, disposed_on",
    " ON CONFLICT (region_code, ticket_id, n) DO UPDATE SET disposed_on = EXCLUDED.disposed_on",
)
REWARDS = Rows.of(
    _CALL,
    8,
    "tickets_rewardgiven",
    "region_code, ticket_id, centre, office_code, number, level, fen, points, proposed_on, granted_on, refused_on, claimed_on",
    " ON CONFLICT (region_code, ticket_id) DO UPDATE SET office_code = EXCLUDED.office_code, level = EXCLUDED.level,"
    " fen = EXCLUDED.fen, points = EXCLUDED.points, proposed_on = EXCLUDED.proposed_on, granted_on = EXCLUDED.granted_on,"
    " refused_on = EXCLUDED.refused_on, claimed_on = EXCLUDED.claimed_on",
)
