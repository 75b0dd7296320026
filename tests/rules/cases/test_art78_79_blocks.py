"""行政许可法第七十八、七十九条: who states what is untrue may not apply again, for one year or for three."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from banshi.contexts.cases.values import Limits
from tests.rules.cases.life import LIN, OTHER_TYPES, PLAIN, TEXT, at, facts, granted, received, reviewed

DANGER = replace(PLAIN, safety=True)


@pytest.mark.parametrize(
    ("plan", "untrue", "decided_on", "until"),
    [
        pytest.param(DANGER, True, "2026-03-03", "2027-03-03", id="art78 safety, concealed: one year"),
        pytest.param(DANGER, True, "2028-02-29", "2029-02-28", id="art78 from a leap day"),
        pytest.param(DANGER, False, "2026-03-03", None, id="art78 safety, but nothing untrue"),
        pytest.param(PLAIN, True, "2026-03-03", None, id="art78 untrue, but no matter of safety"),
        pytest.param(
            replace(DANGER, limits=Limits(concealed_years=2)), True, "2026-03-03", "2028-03-03", id="a pack's years"
        ),
        *(
            pytest.param(replace(DANGER, type=kind), True, "2026-03-03", None, id=f"no permit {kind}")
            for kind in OTHER_TYPES
        ),
    ],
)  # fmt: skip
def test_a_refusal_for_untrue_statements(
    plan: object, untrue: bool, decided_on: str, until: str | None
) -> None:
    case = reviewed(plan, verdict="refuse")  # type: ignore[arg-type]
    (fact,) = facts(case, "decide", at(decided_on), by=LIN, verdict="refuse", text=TEXT, false=untrue)
    assert fact.data.get("blocked_until_on") == until


@pytest.mark.parametrize(
    ("plan", "ground", "revoked_on", "until"),
    [
        pytest.param(DANGER, "fraud", "2026-05-06", "2029-05-06", id="art79 safety, deceit: three years"),
        pytest.param(DANGER, "fraud", "2028-02-29", "2031-02-28", id="art79 from a leap day"),
        pytest.param(DANGER, "abuse", "2026-05-06", None, id="art79 the office's own fault"),
        pytest.param(PLAIN, "fraud", "2026-05-06", None, id="art79 deceit, but no matter of safety"),
        *(
            pytest.param(replace(DANGER, type=kind), "fraud", "2026-05-06", None, id=f"no permit {kind}")
            for kind in OTHER_TYPES
        ),
    ],
)
def test_a_revocation_for_deceit(plan: object, ground: str, revoked_on: str, until: str | None) -> None:
    case = granted(plan)  # type: ignore[arg-type]
    (fact,) = facts(case, "revoke", at(revoked_on), by=LIN, kind=ground, text=TEXT)
    assert fact.data.get("blocked_until_on") == until


def test_what_is_granted_blocks_nobody() -> None:
    (fact,) = facts(reviewed(DANGER), "decide", at("2026-03-03"), by=LIN, verdict="pass", false=True)
    assert "blocked_until_on" not in fact.data


def test_not_even_accepted_on_untrue_statements() -> None:
    """Art. 78: 不予受理 likewise; and then there is no other office to send the applicant to."""
    case = received(DANGER, "2026-03-02")
    (fact,) = facts(case, "reject", at("2026-03-03"), text=TEXT, false=True)
    assert fact.data["blocked_until_on"] == "2027-03-03"
