"""Other work gives way to people who wait, and to nobody else."""

from __future__ import annotations

import pytest

from banshi.infra import courtesy


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr(courtesy.time, "sleep", found.append)
    return found


def test_it_pauses_only_while_somebody_waits(pauses: list[float]) -> None:
    courtesy.give_way(0.01)
    with courtesy.answering():
        courtesy.give_way(0.01)
        courtesy.give_way(30)
    courtesy.give_way(0.01)
    assert pauses == pytest.approx([0.09, courtesy.LONGEST])


def test_somebody_whose_request_failed_waits_no_more(pauses: list[float]) -> None:
    with pytest.raises(ValueError), courtesy.answering():
        raise ValueError
    courtesy.give_way(0.01)
    assert pauses == []
