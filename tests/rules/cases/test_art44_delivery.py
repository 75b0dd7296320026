"""行政许可法第四十四条: the certificate is made and handed over within ten working days of the decision."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from banshi.contexts.cases.rules.commands import COMMANDS
from banshi.contexts.cases.rules.permits import offered
from banshi.contexts.cases.rules.state import tasks
from banshi.contexts.cases.values import CaseState, Limits, Plan, Status
from tests.rules.cases.life import CHEN, LIN, PLAIN, TEXT, at, day, do, granted, refused, reviewed

NO_CERTIFICATE = replace(PLAIN, certificate="")


@pytest.mark.parametrize(
    ("plan", "verdict", "decided_on", "due_on"),
    [
        pytest.param(PLAIN, "pass", "2026-03-02", "2026-03-16", id="art44 ten working days"),
        pytest.param(PLAIN, "pass", "2026-09-24", "2026-10-15", id="art44+82 over two holidays"),
        pytest.param(PLAIN, "refuse", "2026-03-02", "2026-03-16", id="a refusal is handed over likewise"),
        pytest.param(
            replace(PLAIN, limits=Limits(delivery_days=3)),
            "pass",
            "2026-03-02",
            "2026-03-05",
            id="a place's own",
        ),
    ],
)
def test_the_day_by_which_it_is_delivered(plan: Plan, verdict: str, decided_on: str, due_on: str) -> None:
    case = do(reviewed(plan, decided_on), "decide", at(decided_on, 15), by=LIN, verdict=verdict, text=TEXT)
    assert case.delivery_due_on == day(due_on)
    if case.certificate or verdict == "refuse":
        assert [task.due_on for task in tasks(case)] == [day(due_on)]


class TestTheCertificate:
    def test_comes_before_its_delivery(self) -> None:
        case = granted()
        assert tasks(case) == ()  # it is made without anybody's hand
        refused("certificate_first", case, "deliver", at("2026-03-03"), how="window")
        assert "deliver" not in {command.name for command in offered(case, CHEN)}
        made = do(case, "certify", at("2026-03-03"), reference="1.2.156")
        assert made.certificate == "1.2.156"
        assert [(task.key, task.due_on) for task in tasks(made)] == [("deliver", day("2026-03-16"))]

    def test_is_made_once(self) -> None:
        made = do(granted(), "certify", at("2026-03-03"), reference="1.2.156")
        refused("no_certificate_due", made, "certify", at("2026-03-03"), reference="1.2.157")

    def test_is_not_made_where_none_is_due(self) -> None:
        refused("no_certificate_due", granted(NO_CERTIFICATE), "certify", at("2026-03-03"), reference="1")


@pytest.mark.parametrize("how", ["online", "window", "post"])
def test_it_is_delivered_once_and_how_is_known(how: str) -> None:
    case = granted(NO_CERTIFICATE)
    refused("how", case, "deliver", at("2026-03-03"), how="pigeon")
    done = do(case, "deliver", at("2026-03-03"), how=how)
    assert done.delivered_on == day("2026-03-03")
    assert tasks(done) == ()
    refused("delivered_already", done, "deliver", at("2026-03-04"), how=how)


def test_late_is_better_than_never() -> None:
    late: CaseState = do(granted(NO_CERTIFICATE), "deliver", at("2026-04-30"), how="post")
    assert late.delivered_on is not None
    assert late.delivery_due_on is not None
    assert late.delivered_on > late.delivery_due_on


def test_only_what_was_decided_is_delivered() -> None:
    assert COMMANDS["deliver"].states == {Status.PASSED, Status.REFUSED}
