"""./banshi replay: a foreign event log lives again here, and what does not fit is told with its line and its rule."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from banshi.desks.console.replay import mapping as mappings
from banshi.desks.console.replay.log import AS_WRITTEN, Table, histories
from banshi.desks.console.replay.play import calendar_of
from banshi.desks.console.replay.sketch import sketch
from banshi.directory.calendar import calendar
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import civil_day
from tests.desks.console.command import ROOT, banshi

EXAMPLE = ROOT / "data/demo/replay"
COLUMNS = {"case": "case", "activity": "activity", "time": "time", "resource": "who"}
once = pytest.mark.once  # a replay has its own SQLite


def file(folder: Path, text: str | bytes, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# ---- the whole way ----


@once
def test_the_example_tells_what_fits_and_what_does_not() -> None:
    done = banshi("replay", EXAMPLE / "permits.csv", "--mapping", EXAMPLE / "permits.yaml", "--json")
    report = json.loads(done.out)
    assert (report["cases"], report["events"], report["accepted"]) == (10, 63, 60)
    assert report["refused"] == {"wrong_state": 2, "reviewer_decides_not": 1}
    # Handling began after the days to accept were over; a file was archived after the end.
    assert [one["activity"] for one in report["examples"]["wrong_state"]] == [
        "Start handling",
        "Archive file",
    ]
    lines = (EXAMPLE / "permits.csv").read_text().splitlines()
    for told in report["examples"].values():
        for one in told:
            assert lines[one["line"] - 1].startswith(f"{one['case']};{one['activity']}")
    assert report["filled_in"] == {"deem_accepted": 1}
    # An extension that the log does not tell of, a tender that stops our clock, a weekend.
    assert report["deadlines"]["exact"] == 6
    assert set(report["deadlines"]["off_by"]) == {"-14", "21", "-21", "2"}
    assert report["fold_is_row"] == report["cases"]


@once
def test_a_newcomers_log_is_taken_whole_by_the_sketch(tmp_path: Path) -> None:
    """No mapping by hand: repeats, same instants, no resource, out of order; every event is kept by a running case."""
    log = file(
        tmp_path,
        "\ufeffcase:concept:name,concept:name,org:resource,time:timestamp\r\n"
        "2,Check,,2011-10-12T09:00:00+02:00\r\n"
        "\r\n"
        "1,T02 Check,R1,2011-10-11T13:45:40.276+02:00\r\n"
        "1,Confirmation of receipt,R1,2011-10-11T13:42:22.688+02:00\r\n"
        "1,T02 Check,R2,2011-10-11T13:45:40.276+02:00\r\n"
        "2,Check,,2011-10-12T09:00:00+02:00\r\n",
    )
    mapping = file(tmp_path, banshi("replay", log, "--sketch").out, "mapping.yaml")
    report = json.loads(banshi("replay", log, "--mapping", mapping, "--json").out)
    assert (report["cases"], report["accepted"], report["refused"]) == (2, 5, {})
    assert (report["distinct_paths"], report["people"]) == (2, 2)
    assert report["statuses"] == {"passed": 2}
    assert report["fold_is_row"] == 2


@once
def test_what_a_command_needs_before_it_is_filled_in(tmp_path: Path) -> None:
    """A special procedure before any work: accepted first; afterwards the works are dispatched, and it ends."""
    log = file(
        tmp_path,
        "case,activity,who,time\n"
        "A,in,R1,2024-03-04 09:00\nA,test,R1,2024-03-05 09:00\nA,tested,R1,2024-03-08 09:00\nA,check,R1,2024-03-11 09:00\n"
        # The other came in long before anybody began.
        "B,in,R1,2024-03-04 09:00\nB,check,R1,2024-05-06 09:00\n"
        "C,in,R1,2024-03-04 09:00\nC,yes,R1,2024-03-04 10:00\nC,test,R1,2024-03-05 09:00\n"
        "C,tested,R1,2024-03-08 09:00\nC,check,R1,2024-03-11 09:00\n",
    )
    text = (
        "columns: {case: case, activity: activity, time: time, resource: who}\nactivities:\n  in: receive\n"
        "  test: {do: start_special, kind: testing, days: 3}\n  tested: end_special\n"
        "  yes: {do: accept, dispatch: false}\n"
    )
    mapping = file(tmp_path, text, "m.yaml")
    report = json.loads(banshi("replay", log, "--mapping", mapping, "--json").out)
    assert report["refused"] == {"deemed_accepted": 1}
    assert report["filled_in"] == {"accept": 1, "assign": 1, "review": 2, "decide": 2}
    assert report["not_closed"] == {"deemed_accepted": 1}
    assert report["statuses"] == {"passed": 2, "received": 1}
    silent = file(tmp_path, f"{text}fill_in: [deem_accepted, accept, assign, review]\n", "m.yaml")
    report = json.loads(banshi("replay", log, "--mapping", silent, "--json").out)
    assert (report["refused"], report["not_closed"]) == ({}, {})
    assert report["statuses"] == {"passed": 3}


@once
def test_lines_that_cannot_be_read_are_counted_never_dropped(tmp_path: Path) -> None:
    log = file(
        tmp_path,
        "case;activity;who;time\nA;a;;2024-01-02\n;a;;2024-01-02\nA;;;2024-01-02\nA;a;;soon\nA;a;;1024-01-02\n",
    )
    mapping = file(tmp_path, "columns: {case: case, activity: activity, time: time, resource: who}", "m.yaml")
    report = json.loads(banshi("replay", log, "--mapping", mapping, "--json").out)
    assert (report["events"], report["accepted"]) == (5, 1)
    assert report["unread"] == {"bad_time": 2, "no_case": 1, "no_activity": 1}
    assert [one["line"] for one in report["examples"]["bad_time"]] == [5, 6]


@once
def test_a_wrong_mapping_is_told_line_by_line(tmp_path: Path) -> None:
    log = file(tmp_path, "case,activity,time\nA,a,2024-01-02\n")
    mapping = file(
        tmp_path,
        "columns:\n  case: case\n  activity: activity\n  when: time\ntime_zone: Mars/Base\nactivities:\n"
        "  a: aprove\n  /(/: note\nclose: never\nlimits: {acceptance_days: many}\n",
        "m.yaml",
    )
    done = banshi("replay", log, "--mapping", mapping, status=1)
    assert not done.out
    for line, word in ((4, "when"), (1, "time"), (5, "Mars/Base"), (7, "aprove"), (8, "正则"), (9, "never")):
        assert any(told.startswith(f"{mapping}:{line}") and word in told for told in done.err.splitlines())
    assert f"{mapping}:10" in done.err


@once
def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    log = file(tmp_path, "case,activity,time\nA,a,2024-01-02\n")
    mapping = file(tmp_path, "columns: {case: case, activity: activity, time: timestamp}", "m.yaml")
    assert "timestamp" in banshi("replay", log, "--mapping", mapping, status=1).err


# ---- reading ----


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("case,activity,who,time\n1,Prüfung,José,2024-01-02\n".encode("latin-1"), "latin-1"),
        ("\ufeffcase;activity;who;time\n1;Prüfung;José;2024-01-02\n".encode(), "utf-8-sig"),
        ("case\tactivity\twho\ttime\n1\tPrüfung\tJosé\t2024-01-02\n".encode("utf-16"), "utf-16"),
    ],
)
def test_encodings_and_delimiters_are_found_out(tmp_path: Path, text: bytes, encoding: str) -> None:
    table = Table(file(tmp_path, text))
    assert table.encoding == encoding
    found, _ = histories(table, COLUMNS, "Asia/Shanghai")
    assert [(event.activity, event.resource) for event in found[0].events] == [("Prüfung", "José")]


def test_events_stand_in_their_order_and_same_instants_as_written(tmp_path: Path) -> None:
    rows = ["c,2024-01-03 09:00", "a,2024-01-02 09:00", "d,2024-01-03 09:00", "b,2024-01-02 10:00"]
    text = "case,activity,time\n" + "".join(f"1,{row}\n" for row in rows)
    found, _ = histories(
        Table(file(tmp_path, text)), {"case": "case", "activity": "activity", "time": "time"}, "Asia/Shanghai"
    )
    assert [(event.activity, event.line) for event in found[0].events] == [
        ("a", 3),
        ("b", 5),
        ("c", 2),
        ("d", 4),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2011-10-11T16:45:40.276+02:00",
        "2011-10-11 14:45:40.276Z",
        "2011-10-11T14:45:40.276+0000",
        "2011-10-11 14:45:40.276 UTC",
        "2011/10/11 16:45:40.276",
        "11-10-2011 16:45:40.276",
        "11.10.2011 16:45:40.276",
        "2011-10-11 16:45:40.276",
    ],
)
def test_every_common_way_to_write_a_time_is_read(tmp_path: Path, text: str) -> None:
    """The foreign office's 16:45 is 16:45 here, on the same day."""
    table = Table(file(tmp_path, f"case,activity,time\n1,a,{text}\n"))
    found, unread = histories(
        table, {"case": "case", "activity": "activity", "time": "time"}, "Europe/Amsterdam"
    )
    assert not unread
    assert found[0].events[0].at == datetime(2011, 10, 11, 8, 45, 40, 276000, UTC)


def test_a_late_evening_abroad_is_that_day_here(tmp_path: Path) -> None:
    table = Table(file(tmp_path, "case,activity,time\n1,a,2024-03-20T23:30:00+01:00\n"))
    columns = {"case": "case", "activity": "activity", "time": "time"}
    for zone, day in ((AS_WRITTEN, 20), ("Europe/Amsterdam", 20), ("+00:00", 20), ("Asia/Shanghai", 21)):
        found, _ = histories(table, columns, zone)
        assert civil_day(found[0].events[0].at) == date(2024, 3, day), zone


# ---- the mapping ----


def test_a_choice_that_there_is_not_is_told_with_its_line(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        "columns: {case: c, activity: a, time: t}\nactivities:\n  a: {do: decide, verdict: perhaps}\n"
        "  b: {do: start_special, kind: site_visit, days: 3}\n  c: {do: deliver, how: post}\n",
        "m.yaml",
    )
    with pytest.raises(Refused) as refused:
        mappings.read(path)
    told = refused.value.zh.splitlines()
    assert [line.split("：")[0] for line in told] == [f"{path}:3", f"{path}:4"]
    assert "perhaps" in told[0]
    assert "testing" in told[1]


def test_an_activitys_own_name_goes_before_any_pattern(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        "columns: {case: c, activity: a, time: t}\nactivities:\n  T0*: note\n  T02: accept\n"
        "  /^T1[0-5]$/: {do: review, verdict: pass, again: note}\n  'T?9': skip\notherwise: skip\n",
        "m.yaml",
    )
    mapping = mappings.read(path)
    given = {name: mapping.step(name).do for name in ("T01", "T02", "T021", "T12", "T19", "X")}
    assert given == {
        "T01": "note",
        "T02": "accept",
        "T021": "note",
        "T12": "review",
        "T19": "skip",
        "X": "skip",
    }
    assert mapping.step("T12").given == {"verdict": "pass"}


@pytest.mark.parametrize(
    ("name", "worked"),
    [
        ("cn", {"2024-02-10": False, "2024-02-18": True, "2024-10-01": False, "2024-05-09": True}),
        ("weekdays", {"2024-02-10": False, "2024-02-18": False, "2024-10-01": True, "2024-05-09": False}),
        ("every_day", {"2024-02-10": True, "2024-02-18": True, "2024-10-01": True, "2024-05-09": False}),
    ],
)
def test_foreign_working_days_know_no_chinese_holiday(name: str, worked: dict[str, bool]) -> None:
    mapping = mappings.Mapping(calendar=name, holidays=(date(2024, 5, 9),))
    days = calendar_of(mapping, calendar())
    assert {day: days.is_workday(date.fromisoformat(day)) for day in worked} == worked


def test_a_sketch_finds_the_usual_period_of_the_deadlines(tmp_path: Path) -> None:
    rows = "".join(
        f"{n},a,2024-01-{n + 10:02}T09:00:00+01:00,2024-03-{n + 6:02}T00:00:00+01:00\n" for n in range(9)
    )
    text = sketch(file(tmp_path, f"case:concept:name,concept:name,time:timestamp,case:deadline\n{rows}"))
    assert "statutory: {days: 56, unit: day}  # 9 of 9 deadlines" in text
    assert "time_zone: as_written" in text
    assert "calendar: every_day" in text  # some of these deadlines are Saturdays


@pytest.mark.parametrize(
    ("times", "zone"),
    [
        (("2011-10-10T22:00:00+00:00", "2011-12-10T23:00:00+00:00"), "Europe/Amsterdam"),
        (("2011-10-11T09:00:00+02:00", "2011-12-11T00:00:00+01:00"), "as_written"),
        (("2024-01-02T09:00:00+08:00", "2024-01-02T09:00:00"), "Asia/Shanghai"),
    ],
)
def test_a_sketch_guesses_whose_days_count(tmp_path: Path, times: tuple[str, ...], zone: str) -> None:
    rows = "".join(f"1,a,{time}\n" for time in times)
    assert f"time_zone: {zone} " in sketch(file(tmp_path, f"case,activity,time\n{rows}"))


def test_a_sketch_says_when_it_cannot_tell_the_columns(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="x、y、z") as refused:
        sketch(file(tmp_path, "x,y,z\n1,2,3\n"))
    assert refused.value.rule == "columns_unclear"
