"""样本: a fact that was ever written must fold for ever. Each released kind keeps a sample of each shape it has had.

`tests/contexts/tickets/golden/KIND.json`: `after` are the facts before it, by the names of their samples; `gives` is what it
changes in the state. A new shape adds a sample; no sample is edited.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from banshi.contexts.tickets import events
from banshi.contexts.tickets.rules.state import evolve
from banshi.kernel.facts import Fact

FOLDER = Path(__file__).resolve().parents[2] / "contexts/tickets/golden"
GOLDEN = {
    found["kind"]: found
    for path in sorted(FOLDER.glob("*.json"))
    if (found := json.loads(path.read_text("utf-8")))
}
SAMPLES = [
    pytest.param(kind, sample, id=f"{kind.rsplit('.')[-1]}-{sample['shape']}")
    for kind, golden in GOLDEN.items()
    for sample in golden["samples"]
]


def test_each_released_kind_has_a_sample() -> None:
    assert set(GOLDEN) == set(events.TITLES)


@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_it_folds_to_what_it_has_always_given(kind: str, sample: dict[str, Any]) -> None:
    state = None
    for former in GOLDEN[kind]["after"]:
        state = evolve(state, Fact(former, GOLDEN[former]["samples"][0]["data"]))
    after = evolve(state, Fact(kind, sample["data"]))
    was: dict[str, Any] = json.loads(msgspec.json.encode(state)) if state else {}
    now: dict[str, Any] = json.loads(msgspec.json.encode(after))
    changed = {key: now.get(key) for key in {**was, **now} if was.get(key) != now.get(key)}
    assert changed.pop("seq", 1) == (state.seq + 1 if state else 1)
    assert changed == sample["gives"]


@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_it_holds_no_personal_data(kind: str, sample: dict[str, Any]) -> None:
    """Free text lies in the private table; the fact names it by id and digest."""
    assert not {"name", "phone", "address", "reason", "words", "title", "location"} & set(sample["data"])
    assert sample["data"].get("text", None) is None or sample["data"]["text"].count("-") == 4
