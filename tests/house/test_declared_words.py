"""What contexts declare by data has its English too: commands with all that they ask, tasks, states, kinds."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from types import ModuleType
from typing import Any

import pytest
from django.utils.translation import gettext, override, pgettext

from banshi.contexts.cases import events as case_events
from banshi.contexts.cases import queries as cases
from banshi.contexts.cases import values as case_values
from banshi.contexts.evaluation import values as evaluation_values
from banshi.contexts.tickets import events as ticket_events
from banshi.contexts.tickets import queries as tickets
from banshi.contexts.tickets.rules.state import TASKS
from banshi.contexts.tickets.values import codes as ticket_values
from banshi.kernel.commands import Command
from tests.house.test_translations import CHINESE


def said(command: Command[Any, Any, Any]) -> Iterator[str]:
    yield command.title
    for ask in command.asks:
        yield from (ask.label, ask.help, *(choice.label for choice in ask.choices))


def labels(values: ModuleType) -> Iterator[str]:
    for kind in vars(values).values():
        if isinstance(kind, type) and issubclass(kind, Enum) and hasattr(kind, "label"):
            yield from (one.label for one in kind)


@pytest.mark.parametrize("context", [cases, tickets], ids=["cases", "tickets"])
def test_every_command_and_what_it_asks(context: Any) -> None:
    commands = context.declared_commands().values()
    words = {word for command in commands for word in said(command) if word}
    assert len(words) > 100
    with override("en"):
        assert {word for word in words if CHINESE.search(pgettext("command", word))} == set()


@pytest.mark.parametrize("titles", [cases.STEPS.values(), TASKS.values()], ids=["cases", "tickets"])
def test_every_task(titles: Any) -> None:
    with override("en"):
        assert {word for word in titles if CHINESE.search(pgettext("task", word))} == set()


@pytest.mark.parametrize(
    "values", [case_values, ticket_values, evaluation_values], ids=lambda one: one.__name__
)
def test_every_state_and_kind(values: ModuleType) -> None:
    words = set(labels(values))
    assert len(words) > 10
    with override("en"):
        assert {word for word in words if CHINESE.search(gettext(word))} == set()


@pytest.mark.parametrize(
    "titles",
    [
        [kind.title for kind in case_events.KINDS.values()],
        [*ticket_events.TITLES.values(), *ticket_events.OF_OCCASIONS.values()],
    ],
    ids=["cases", "tickets"],
)
def test_everything_that_can_happen(titles: Any) -> None:
    with override("en"):
        assert {word for word in titles if CHINESE.search(gettext(word))} == set()
