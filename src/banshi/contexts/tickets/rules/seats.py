"""席位: as whom somebody acts on a ticket, and how a command is declared for them."""

from __future__ import annotations

from enum import Enum

from banshi.contexts.tickets.rules import steps
from banshi.contexts.tickets.values.codes import OPEN, Status
from banshi.kernel import commands
from banshi.kernel.commands import Ask, Choice


class Seat(Enum):
    """席位: as whom somebody acts on a ticket."""

    CENTRE = "centre"  # a post of the centre that sees to it
    LEAD = "lead"  # a post at the leading unit
    ASSIST = "assist"  # a post at an assisting unit
    PERSON = "person"  # who said it
    SUPERVISOR = "supervisor"  # a supervisor of the ticket's county or its city
    GOVERNMENT = "government"  # the head of the government of the centre's place
    SYSTEM = "system"


# Kinds of `Ask`: text, choice, number, date, no (a box not ticked), office, offices, category, ground, route, cause, item,
# ticket, person, which, level (of a reward), way (to receive it)
Command = commands.Command[Seat, Status, steps.Step]

OPERATOR, DISPATCHER = "hotline_operator", "dispatcher"
CHECKER, CALLER, CHIEF = frozenset({"reply_checker"}), frozenset({"caller"}), frozenset({"centre_chief"})
FRONT = frozenset({OPERATOR, DISPATCHER, "centre_chief"})
SENDING = frozenset({DISPATCHER, "centre_chief"})
OFFICER = frozenset({"officer"})
ANY: frozenset[str] = frozenset()
FRONT_STATES = frozenset({Status.RAISED, Status.RETURNED})
RUNNING = OPEN - {Status.MERGED}
DECIDING = (Choice("pass", "同意"), Choice("refuse", "不同意"))


def choices(kinds: type) -> tuple[Choice, ...]:
    return tuple(Choice(one.value, one.label) for one in kinds)  # type: ignore[attr-defined]


def words(label: str, help: str = "", *, required: bool = True) -> Ask:
    return Ask("text", label, required=required, help=help)
