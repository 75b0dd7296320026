"""样本: a fact that was ever written must fold for ever. Each released kind keeps a sample of each shape it has had.

`tests/contexts/cases/golden/KIND.json`: `after` names the kinds that come before it in the sample's life, `shape`
counts the shapes of its data, `gives` is what it changes in the state. A new shape adds a sample; no sample is edited.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from banshi.contexts.cases import events
from banshi.contexts.cases.rules.state import evolve
from banshi.contexts.cases.values import CaseState
from banshi.kernel.facts import Fact
from tests.rules.cases.life import ROOT

FOLDER = ROOT / "tests/contexts/cases/golden"
GOLDEN = {
    found["kind"]: found
    for path in sorted(FOLDER.glob("*.json"))
    if (found := json.loads(path.read_text("utf-8")))
}
# Released with the first version; their first shape has none of the later keys.
FIRST = {
    events.RECEIVED, events.CORRECTION_REQUESTED, events.CORRECTION_SUPPLIED, events.ACCEPTED, events.NOT_REQUIRED,
    events.REJECTED, events.WORKS_ASSIGNED, events.OPINION_GIVEN, events.TRANSFERRED, events.SPECIAL_STARTED,
    events.SPECIAL_ENDED, events.REVIEWED, events.PASSED, events.REFUSED, events.WITHDRAWN, events.REVOKED,
    events.CERTIFIED, events.DELIVERED,
}  # fmt: skip
SAMPLES = [
    pytest.param(kind, sample, id=f"{kind.rsplit('.')[-1]}-{sample['shape']}")
    for kind, golden in GOLDEN.items()
    for sample in golden["samples"]
]


def before(kind: str, shape: int) -> CaseState | None:
    """The state that this kind's sample is folded into: by samples of the same age, or the nearest there is."""
    state = None
    for former in GOLDEN[kind]["after"]:
        samples = GOLDEN[former]["samples"]
        of_age = [sample for sample in samples if sample["shape"] <= shape] or samples[:1]
        state = evolve(state, Fact(former, of_age[-1]["data"]))
    return state


def test_each_released_kind_has_a_sample() -> None:
    assert set(GOLDEN) == set(events.KINDS)


@pytest.mark.parametrize("kind", sorted(FIRST))
def test_what_was_released_first_has_its_first_shape_too(kind: str) -> None:
    assert [sample["shape"] for sample in GOLDEN[kind]["samples"]][:2] == [1, 2]


@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_it_folds_to_what_it_has_always_given(kind: str, sample: dict[str, Any]) -> None:
    state = before(kind, sample["shape"])
    after = evolve(state, Fact(kind, sample["data"]))
    was: dict[str, Any] = json.loads(msgspec.json.encode(state)) if state else {}
    now: dict[str, Any] = json.loads(msgspec.json.encode(after))
    changed = {key: now.get(key) for key in {**was, **now} if was.get(key) != now.get(key)}
    assert changed.pop("seq", 1) == (state.seq + 1 if state else 1)
    assert changed == sample["gives"]


@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_it_holds_no_personal_data(kind: str, sample: dict[str, Any]) -> None:
    """Free text lies in the private table; the fact names it by id and digest."""
    assert not {"name", "phone", "address", "reason", "words", "applicant"} & set(sample["data"])
    assert sample["data"].get("text", None) is None or sample["data"]["text"].count("-") == 4
