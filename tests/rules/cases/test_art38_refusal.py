"""行政许可法第三十七、三十八条: nobody decides what was not examined, and a refusal says why."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from banshi.contexts.cases.values import CaseState, Status
from tests.rules.cases.life import (
    CHEN,
    INSTANT,
    LIN,
    OTHER_TYPES,
    PLAIN,
    TEXT,
    accepted,
    at,
    day,
    do,
    opined,
    received,
    refused,
    reviewed,
)

OPINED = opined(accepted(), "2026-03-05")
REVIEWED = do(OPINED, "review", at("2026-03-05"), verdict="pass")


@pytest.mark.parametrize(
    ("case", "command", "by", "stated", "rule"),
    [
        pytest.param(accepted(), "review", CHEN, {"verdict": "pass"}, "works_open", id="works before review"),
        pytest.param(
            accepted(), "decide", LIN, {"verdict": "pass"}, "works_open", id="works before decision"
        ),
        pytest.param(OPINED, "decide", LIN, {"verdict": "pass"}, "review_first", id="art37 review first"),
        pytest.param(
            REVIEWED, "decide", CHEN, {"verdict": "pass"}, "reviewer_decides_not", id="another person decides"
        ),
        pytest.param(REVIEWED, "review", CHEN, {"verdict": "pass"}, "reviewed_already", id="reviewed once"),
        pytest.param(REVIEWED, "decide", LIN, {}, "verdict", id="a decision is yes or no"),
        pytest.param(OPINED, "review", CHEN, {"verdict": "refuse"}, "words_needed", id="a no with reasons"),
    ],
)
def test_the_way_to_a_decision(
    case: CaseState, command: str, by: object, stated: dict[str, Any], rule: str
) -> None:
    refused(rule, case, command, at("2026-03-06"), by=by, **stated)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "article"),
    [
        pytest.param("01", "行政许可法第三十八条第二款", id="art38-2 a permit"),
        *(pytest.param(kind, "", id=f"no permit {kind}") for kind in OTHER_TYPES),
    ],
)
def test_a_refusal_states_its_reasons(kind: str, article: str) -> None:
    case = reviewed(replace(PLAIN, type=kind), verdict="refuse")
    error = refused("words_needed", case, "decide", at("2026-03-06"), by=LIN, verdict="refuse")
    assert error.article == article
    refusal = do(case, "decide", at("2026-03-06"), by=LIN, verdict="refuse", text=TEXT)
    assert refusal.status is Status.REFUSED
    assert (refusal.reason, refusal.closed_on) == (TEXT, day("2026-03-06"))


def test_art34_2_what_can_be_decided_at_once_is_decided_without_a_review() -> None:
    case = do(received(INSTANT), "accept", at("2026-03-02"))
    refused("instant_no_review", case, "review", at("2026-03-02"), verdict="pass")
    done = do(case, "decide", at("2026-03-02", 11), verdict="pass")
    assert done.status is Status.PASSED
    assert do(done, "deliver", at("2026-03-02", 11), how="online").delivered_on == day("2026-03-02")
