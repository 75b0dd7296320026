"""命令的声明: one declaration says who may, in which states, with which input, and what it is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple


class Choice(NamedTuple):
    """选项 of an input."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Ask:
    """输入项 of a command: `name` is a field of the context's `Input`, or `text` for words that are kept privately. Which kinds
    there are, the context's table says."""

    name: str
    label: str
    kind: str = "text"
    choices: tuple[Choice, ...] = ()
    required: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class Command[Seat: Enum, Status: Enum, Step: Callable[..., Any]]:
    """命令: `seats` maps a seat to the kinds of post that may take it (none: whoever has the seat)."""

    name: str
    title: str
    key: str  # on the keyboard
    seats: dict[Seat, frozenset[str]]
    states: frozenset[Status]
    step: Step
    asks: tuple[Ask, ...] = ()
    shown: bool = True
