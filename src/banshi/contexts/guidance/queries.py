"""导办: the door of a context that keeps nothing: flows are files, and its questions pure functions."""

from __future__ import annotations

import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from banshi.contexts.guidance.files import TABLES, FlowError, read_flow, read_folder
from banshi.contexts.guidance.rules.checking import Checked, check
from banshi.contexts.guidance.rules.checking import paths as ways
from banshi.contexts.guidance.rules.drawing import picture, plan
from banshi.contexts.guidance.rules.walking import (
    choices_of,
    holds,
    longest,
    notices,
    paths,
    progress,
    read,
    reasons,
    total,
    walk,
)
from banshi.contexts.guidance.values import Flow
from banshi.infra.config import DATA
from banshi.kernel.facts import NotFound, Refused

__all__ = [
    "Checked", "FlowError", "check", "choices_of", "find_flow", "flows", "get_drawn", "get_flow", "holds", "longest", "notices", "paths",
    "picture", "plan", "progress", "read", "read_flow", "read_text", "reasons", "search", "total", "walk", "ways",
]  # fmt: skip


@lru_cache(maxsize=4)
def flows(folder: Path = DATA / "guidance") -> Mapping[str, Flow]:
    """The flows of this installation by their codes, read once. Raises `FlowError`."""
    return {flow.code: flow for flow in read_folder(folder)}


@lru_cache(maxsize=64)
def get_drawn(code: str, on: date, place: Callable[[str], str] = str) -> tuple[Flow, str, Checked]:
    """A flow, its picture, and what its check found: gone through once, since there may be thousands of ways. `place`: the
    name of a region by its code."""
    flow = get_flow(code)
    checked = check(flow, on)
    endless = any(one.kind == "endless" for one in checked.findings)
    return flow, "" if endless else picture(flow, on, place), checked


def read_text(text: str, suffix: str) -> Flow:
    """A flow (`.yaml`) or a decision table (`.csv`) as somebody typed it; a table that the flow names may be one of those
    of this installation. Raises `FlowError`, `Refused`."""
    with tempfile.TemporaryDirectory() as folder:
        for sheet in (DATA / "guidance").glob("*"):
            if sheet.suffix in TABLES:
                shutil.copy(sheet, folder)
        path = Path(folder) / f"typed{suffix}"
        path.write_text(text, "utf-8")
        try:
            return read_flow(path)
        except FileNotFoundError as error:
            raise Refused(
                "no_table", f"没有这张表：{Path(error.filename).name}。", "There is no such table."
            ) from None


def search(words: str) -> list[Flow]:
    """Guides that the words mean: each word stands in what a guide says of itself, or one of its keywords in the words."""
    sought = unicodedata.normalize("NFKC", words).casefold().split()
    return [flow for flow in flows().values() if sought and _means(flow, sought)]


def _means(flow: Flow, sought: list[str]) -> bool:
    said = " ".join((flow.title, flow.plain_name, flow.summary, *flow.keywords)).casefold()
    together = "".join(sought)
    return all(word in said for word in sought) or any(one.casefold() in together for one in flow.keywords)


def find_flow(code: str) -> Flow | None:
    return flows().get(code)


def get_flow(code: str) -> Flow:
    """Raises `NotFound`."""
    found = find_flow(code)
    if found is None:
        raise NotFound("这份导办", "guide")
    return found
