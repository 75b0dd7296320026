"""放假通知: December cases run into a year whose notice is not out; loading it moves what it moves, once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from banshi.contexts.cases import events, operations, queries
from banshi.contexts.cases.models import Case
from banshi.contexts.cases.values import CaseState
from banshi.contexts.intake import events as intake_events
from banshi.contexts.intake import queries as applications
from banshi.desks.citizen import words
from banshi.desks.console import calendar_
from banshi.desks.console.walk import Walk
from banshi.directory.calendar import BadNotice, calendar, read_notice, with_notice
from banshi.flows import calendars, one_thing
from banshi.infra.models import Fact
from banshi.kernel.actors import SYSTEM
from banshi.kernel.workdays import CHINA, end_of
from tests.flows.city import begin

OFF = [
    *("2027-01-01", "2027-01-02", "2027-01-03", "2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08"),
    *("2027-02-09", "2027-02-10", "2027-02-11", "2027-04-05", "2027-05-01", "2027-05-03", "2027-06-09"),
]
WORKED = ["2027-01-09", "2027-02-13"]


def written(folder: Path, off: list[str] = OFF, working: list[str] = WORKED, **changes: Any) -> Path:
    days = [{"date": day, "isOffDay": True} for day in off]
    days += [{"date": day, "isOffDay": False} for day in working]
    path = folder / "2027.json"
    notice = {"year": 2027, "papers": ["https://www.gov.cn/example"], "days": days} | changes
    path.write_text(json.dumps(notice), "utf-8")
    return path


@pytest.fixture
def december(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Walk]:
    """A restaurant is opened on Tuesday 22 December 2026; all of its cases but one are accepted."""
    walk = begin("restaurant", monkeypatch, starts=datetime(2026, 12, 22, 9, tzinfo=CHINA))
    monkeypatch.setattr(settings, "BANSHI", replace(settings.BANSHI, folder=tmp_path / "installation"))
    walk.apply()
    for state in states(walk)[1:]:
        walk.command(state, "accept")
    yield walk


def states(walk: Walk) -> list[CaseState]:
    return queries.list_of_application(walk.region, walk.application)


def recomputed() -> int:
    return Fact.objects.filter(kind=events.CLOCKS_RECOMPUTED).count()


@pytest.mark.django_db
def test_what_a_notice_would_do_is_shown_and_nothing_done(
    december: Walk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, version, facts = states(december), calendar().version, Fact.objects.count()
    assert calendar_.load(written(tmp_path), yes=False, at=december.now) == 0
    said = capsys.readouterr().out
    assert "2027年放假通知：14天放假，2天调休上班" in said and "--yes" in said
    assert "鲤城区" in said  # by office
    assert (states(december), calendar().version, Fact.objects.count()) == (before, version, facts)


@pytest.mark.django_db
def test_every_clock_that_moves_gets_a_fact_and_no_other(december: Walk, tmp_path: Path) -> None:
    before = {state.id: state for state in states(december)}
    assert {state.provisional for state in before.values() if state.accepted_on} == {True, False}
    path = written(tmp_path)
    effect = calendars.preview(with_notice(read_notice(path)))
    assert calendar_.load(path, yes=True, at=december.now) == 0
    assert calendar().years >= {2026, 2027}  # this very process reckons by it
    assert effect.moved == recomputed() == sum(effect.offices.values())
    assert effect.bundles == Fact.objects.filter(kind=intake_events.CLOCK_RECOMPUTED).count()
    assert 0 < effect.settled <= effect.moved
    for state in states(december):
        clocks = (state.promised_due_on, state.statutory_due_on)
        assert not state.provisional
        assert operations.folded(queries.facts(state.region, state.id)) == state
        if state.seq == before[state.id].seq:
            assert clocks == (before[state.id].promised_due_on, before[state.id].statutory_due_on)
        elif state.accepted_on:
            assert state.calendar == calendar().version
    # Twenty working days from 22 December: 元旦 is off until Sunday 3 January, Saturday the 9th is worked.
    food = next(state for state in states(december) if state.plan.item == "food-licence")
    assert before[food.id].statutory_due_on == date(2027, 1, 20)
    assert food.statutory_due_on == date(2027, 1, 19)


@pytest.mark.django_db
def test_loading_it_again_does_nothing(december: Walk, tmp_path: Path) -> None:
    path = written(tmp_path)
    calendar_.load(path, yes=True, at=december.now)
    facts = Fact.objects.count()
    assert calendars.preview(calendar()) == calendars.Effect()
    assert calendar_.load(path, yes=True, at=december.now) == 0
    assert Fact.objects.count() == facts


@pytest.mark.django_db
def test_stopped_in_the_middle_it_goes_on_where_it_was(
    december: Walk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendars, "BATCH", 2)
    coming = with_notice(read_notice(written(tmp_path)))
    wanted = calendars.preview(coming).moved
    bundles = calendars.preview(coming).bundles
    first = next(calendars.recalculate(coming, actor=SYSTEM, at=december.now))
    assert 0 < first <= 2 < wanted
    rest = list(calendars.recalculate(coming, actor=SYSTEM, at=december.now))[-1]
    assert first + rest == wanted + bundles
    assert recomputed() == wanted


@pytest.mark.django_db
def test_an_office_has_until_the_new_day_to_accept(december: Walk, tmp_path: Path) -> None:
    """Not yet accepted: five working days, then silence is acceptance. The work list shows the new day."""
    waiting = states(december)[0]
    assert waiting.accepted_on is None
    before = queries.acceptance_due_on(waiting, december.calendar)
    calendar_.load(written(tmp_path, off=[*OFF, "2026-12-28"]), yes=True, at=december.now)
    after = queries.acceptance_due_on(waiting, calendar())
    assert after > before
    officer = december.person(waiting.office, "officer")
    rows, _ = queries.list_tasks(officer, step="accept", search=waiting.number)
    assert [row.due_on for row in rows] == [after]


@pytest.mark.django_db
def test_who_was_told_until_when_to_correct_sees_the_new_day(december: Walk, tmp_path: Path) -> None:
    waiting = states(december)[0]
    december.command(waiting, "request_correction", days=3, text="补平面图。")
    before = states(december)[0].correction_due_on
    assert before == date(2026, 12, 25)
    path = written(tmp_path, off=[*OFF, "2026-12-24"])
    effect = calendars.preview(with_notice(read_notice(path)))
    for _ in range(2):
        calendar_.load(path, yes=True, at=december.now)
    told = states(december)[0]
    assert told.correction_due_on == date(2026, 12, 28)
    assert recomputed() == effect.moved
    assert Case.objects.get(id=told.id).next_check_at == end_of(date(2026, 12, 28))
    assert words.step(told, "", "", date(2026, 12, 29)).on == told.correction_due_on
    assert [paper.kind for paper in queries.papers(told.region, [told.id])[told.id]][-1] == "clock_notice"
    assert operations.folded(queries.facts(told.region, told.id)) == told


@pytest.mark.django_db
def test_the_clock_of_the_whole_moves_too_and_the_bundle_still_ends(december: Walk, tmp_path: Path) -> None:
    """一件事: its longest item takes seven working days from 22 December; with the 28th off, until 4 January."""

    def whole() -> tuple[date | None, int]:
        found = applications.get_application(december.region, december.application, SYSTEM)
        return found.due_on, Fact.objects.filter(stream_id=december.application).count()

    assert whole() == (date(2026, 12, 31), 1)
    path = written(tmp_path, off=[*OFF, "2026-12-28"])
    calendar_.load(path, yes=True, at=december.now)
    calendar_.load(path, yes=True, at=december.now)
    assert whole() == (date(2027, 1, 4), 2)
    december.calendar = calendar()
    december.departments()
    december.outbox()
    one_thing.settle(december.now)
    assert whole() == (date(2027, 1, 4), 3)


@pytest.mark.parametrize(
    ("changes", "zh"),
    [
        ({"off": OFF[:5]}, "只有5个放假日"),
        ({"working": ["2027-01-06"]}, "本来就是工作日"),
        ({"papers": []}, "通知的地址"),
        ({"working": ["2027-01-01"]}, "既放假又上班"),
        ({"year": 2030}, "不属于"),
    ],
)
def test_a_notice_that_cannot_be_right_is_refused(tmp_path: Path, changes: dict[str, Any], zh: str) -> None:
    with pytest.raises(BadNotice, match=zh):
        read_notice(written(tmp_path, **changes))


def test_a_notice_may_not_contradict_another_years(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Saturday 10 October 2026 is worked by the notice for 2026: none for 2027 can have it off."""
    monkeypatch.setattr(settings, "BANSHI", replace(settings.BANSHI, folder=tmp_path))
    notice = replace(read_notice(written(tmp_path)), off=frozenset({date(2026, 10, 10)}))
    with pytest.raises(BadNotice, match="既放假又上班"):
        with_notice(notice)
