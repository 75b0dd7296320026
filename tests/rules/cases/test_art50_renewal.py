"""行政许可法第五十条: renewal asked for thirty days before the end, and granted by silence when it ends undecided."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from banshi.contexts.cases.rules import clocks
from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.values import CaseState, Limits, Plan, Status
from banshi.kernel.actors import SYSTEM
from tests.rules.cases.life import (
    CALENDAR,
    LIN,
    OTHER_TYPES,
    PLAIN,
    TEXT,
    accepted,
    at,
    day,
    do,
    received,
    refused,
    reviewed,
)

ARTICLE = "行政许可法第五十条"


def renewal(expires_on: str, **changes: object) -> Plan:
    return replace(PLAIN, renews="1.2.156.3005.2", expires_on=day(expires_on), **changes)


@pytest.mark.parametrize(
    ("expires_on", "on", "rule"),
    [
        pytest.param("2026-04-01", "2026-04-02", "", id="art50 thirty days before the end"),
        pytest.param("2026-04-02", "2026-04-03", "", id="art50 thirty-one"),
        pytest.param("2026-03-31", "2026-04-01", "renewal_late", id="art50 twenty-nine"),
        pytest.param("2026-04-01", "2026-04-01", "not_expired_yet", id="art50 on its last day it is valid"),
    ],
)
def test_silence_grants_what_was_asked_for_in_time(expires_on: str, on: str, rule: str) -> None:
    case = accepted(renewal(expires_on))  # received on 2 March
    if rule:
        error = refused(rule, case, "deem_renewed", at(on, 1))
        assert error.article == (ARTICLE if rule == "renewal_late" else "")
        return
    renewed = do(case, "deem_renewed", at(on, 1))
    assert renewed.status is Status.PASSED
    assert renewed.deemed_renewed
    assert (renewed.closed_on, renewed.delivery_due_on) == (day(on), CALENDAR.add(day(on), 10))


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(received(renewal("2026-04-30")), id="not even accepted"),
        pytest.param(accepted(renewal("2026-04-30")), id="being handled"),
        pytest.param(reviewed(renewal("2026-04-30"), verdict="refuse"), id="a refusal merely proposed"),
        pytest.param(
            do(
                accepted(renewal("2026-04-30")),
                "start_special",
                at("2026-03-03"),
                kind="testing",
                days=60,
                text=TEXT,
            ),
            id="the clock stands still, the certificate does not",
        ),
    ],
)
def test_however_far_it_had_come(case: CaseState) -> None:
    assert do(case, "deem_renewed", at("2026-05-01", 1)).status is Status.PASSED


def test_the_scheduler_looks_when_the_certificate_ends() -> None:
    case = accepted(renewal("2026-04-01", promised=replace(PLAIN.promised, days=60), statutory=None))
    assert clocks.next_check_at(case, CALENDAR) == at("2026-04-02", 0)


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(renewal("2026-03-31"), id="asked for too late"),
        pytest.param(renewal("2026-04-30", type="20"), id="no permit"),
        pytest.param(replace(PLAIN, expires_on=day("2026-04-30")), id="no renewal"),
    ],
)
def test_where_silence_grants_nothing_the_scheduler_does_not_look_for_ever(plan: Plan) -> None:
    told = do(accepted(plan), "urge", at("2026-06-01"), by=SYSTEM)
    assert [urge.level for urge in told.urges] == ["escalated"]
    assert clocks.next_check_at(told, CALENDAR) is None


def test_decided_before_the_end_it_is_not_granted_again() -> None:
    refusal = do(
        reviewed(renewal("2026-04-30"), verdict="refuse"),
        "decide",
        at("2026-03-05"),
        by=LIN,
        verdict="refuse",
        text=TEXT,
    )
    assert refusal.status not in COMMANDS["deem_renewed"].states
    assert [one.key for one in clocks.alarms(refusal, CALENDAR)] == ["deliver"]


@pytest.mark.parametrize("kind", OTHER_TYPES)
def test_what_is_no_permit_is_never_renewed_by_silence(kind: str) -> None:
    case = accepted(renewal("2026-04-30", type=kind))
    assert refused("renewal_late", case, "deem_renewed", at("2026-05-01")).article == ""


def test_a_place_may_ask_for_it_earlier() -> None:
    case = accepted(renewal("2026-04-30", limits=Limits(renewal_days=60)))
    refused("renewal_late", case, "deem_renewed", at("2026-05-01"))
