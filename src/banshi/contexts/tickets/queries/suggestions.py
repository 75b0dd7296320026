"""建议的门: what the desks ask of `suggest`, which is only imported (numpy with it) once somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from banshi.contexts.tickets.values import Words

if TYPE_CHECKING:
    from banshi.contexts.tickets.suggest.learning import Learnt as Learnt
    from banshi.contexts.tickets.suggest.learning import Report as Report
    from banshi.contexts.tickets.suggest.letters import Letter as Letter
    from banshi.contexts.tickets.suggest.model import Model as Model
    from banshi.contexts.tickets.suggest.model import Suggested as Suggested
    from banshi.contexts.tickets.suggest.model import Suggestion as Suggestion

MODEL = "tickets-model.npz"  # in the installation's folder


def read_letters(file: Path, *, labelled: bool) -> list[Letter]:
    """Letters of a CSV file. Raises `Refused` naming the line."""
    from banshi.contexts.tickets.suggest.letters import read_letters

    return read_letters(file, labelled=labelled)


def learn_suggestions(letters: Sequence[Letter]) -> Learnt:
    """A model of classified letters, with its accuracy on letters held out. Raises `Refused`."""
    from banshi.contexts.tickets.suggest.learning import learn

    return learn(letters)


def load_suggestions(file: Path) -> Model:
    """A model that was learnt. Raises `Refused`."""
    from banshi.contexts.tickets.suggest.model import load

    return load(file)


def near_same(letters: Sequence[Letter]) -> list[int | None]:
    """For each letter the number of the earliest before it that says nearly the same."""
    from banshi.contexts.tickets.suggest.likeness import duplicates

    return duplicates(letters)


def near_same_titles(titles: Sequence[str]) -> list[int | None]:
    """The same for titles alone; None for each where there are fewer than two."""
    if len(titles) < 2:
        return [None] * len(titles)
    from banshi.contexts.tickets.suggest.letters import Letter

    return near_same([Letter(title, "") for title in titles])


def suggestions(words: Words) -> Suggested | None:
    """Category and unit that this installation's model suggests, with reasons; None where it has no model. The clerk decides."""
    file: Path = settings.BANSHI.folder / MODEL
    if not file.is_file():
        return None
    from banshi.contexts.tickets.suggest.letters import Letter

    return _loaded(file, file.stat().st_mtime_ns).suggest([Letter(words.title, words.text)])[0]


@lru_cache(maxsize=1)
def _loaded(file: Path, written_ns: int) -> Model:
    """As long as the file is not written anew."""
    return load_suggestions(file)
