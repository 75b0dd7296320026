"""好差评上报: every field of the national form, the numbering turned round, nothing personal in clear, and whole or not at all."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from banshi.adapters.province_platform.demo import Demo
from banshi.contexts.cases import queries as cases
from banshi.contexts.evaluation.models import HandoverRow
from banshi.contexts.evaluation.values import (
    Grade,
    Handover,
    HandoverState,
    gb39046_code,
    indicators,
    national_code,
)
from banshi.desks.console import reviews
from banshi.directory.models import Office
from banshi.flows import export_reviews, rate
from banshi.infra import clock as house_clock
from banshi.infra.models import Audit
from banshi.infra.store import new_id
from banshi.kernel.actors import ANONYMOUS, SYSTEM
from banshi.kernel.facts import Refused
from tests.conftest import StoppedClock
from tests.desks.voices.people import granted
from tests.personas import LICHENG, lin
from tests.security.town import Visitor, supervisor

pytestmark = pytest.mark.django_db
SINCE, UNTIL = date(2026, 3, 1), date(2026, 3, 31)
WORDS = "跑了三趟，打我电话13850001111。"


@pytest.fixture
def record(clock: StoppedClock) -> dict[str, str]:
    matter = granted()
    state = cases.get_case(LICHENG, matter.case, SYSTEM)  # type: ignore[arg-type]
    at = house_clock.now()
    said = rate.Said("very_dissatisfied", ("108", "115"), WORDS)
    rate.rate_by_code(code=rate.code_of(state, at), said=said, actor=ANONYMOUS, at=at)
    (found,) = export_reviews.records(SINCE, UNTIL, Demo())
    return dict(found.record)


def test_a_record_has_the_fields_of_the_national_form(record: dict[str, str]) -> None:
    assert tuple(record) == export_reviews.FIELDS
    assert record["satisfaction"] == "1", "5 is the best here"
    assert record["evalDetail"] == "108,115"
    assert (record["assessNumber"], record["pf"], record["userProp"]) == ("1", "二维码", "1")
    assert record["assessTime"].startswith("2026-03-02 ") and record["acceptDate"] == "2026-03-02"
    assert len(record["deptCode"]) == 18 and record["projectNo"] and "食品经营许可" in record["taskName"]
    assert record["sign"].startswith("演示:")


def test_nothing_personal_stands_in_clear(record: dict[str, str]) -> None:
    told = json.dumps(record, ensure_ascii=False)
    assert "李秀英" not in told and "13850001111" not in told and "199306" not in told
    assert record["userName"] == "李**" and "跑了三趟" in record["writingEvaluation"]


def test_lines_and_tables_say_the_same_and_are_for_the_owner_alone(
    record: dict[str, str], tmp_path: Path
) -> None:
    lines, table = tmp_path / "reviews.jsonl", tmp_path / "reviews.csv"
    assert export(lines) == export(table) == 0
    with table.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    written = json.loads(lines.read_text("utf-8"))
    # Without an installation that is a demo nothing is signed.
    assert row == written == record | {"sign": ""}
    assert stat.S_IMODE(lines.stat().st_mode) == 0o600


def test_what_fails_leaves_no_file(
    record: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> Iterator[export_reviews.Outgoing]:
        yield export_reviews.Outgoing(record, Handover(LICHENG, new_id(), "", "", 1, HandoverState.SENT))
        raise OSError("the machine that encrypts is gone")

    monkeypatch.setattr(export_reviews, "records", broken)
    with pytest.raises(OSError):
        export(tmp_path / "reviews.jsonl")
    assert list(tmp_path.iterdir()) == []
    assert not HandoverRow.objects.exists()


def test_other_days_are_not_there(record: dict[str, str], tmp_path: Path) -> None:
    assert list(export_reviews.records(date(2026, 2, 1), date(2026, 3, 1), Demo())) == []
    with pytest.raises(Refused, match="结束日期"):
        reviews.export(tmp_path / "x.csv", UNTIL, SINCE, at=house_clock.now())


@pytest.mark.parametrize("grade", list(Grade))
def test_the_indicators_of_a_grade_begin_with_its_national_number(grade: Grade) -> None:
    """国家接口: 5 is the best; the codes 510 to 517 are what the very satisfied choose, 108 to 115 the very dissatisfied."""
    assert {one.code[0] for one in indicators()[grade]} == {national_code(grade)}
    assert int(gb39046_code(grade)) == 6 - int(national_code(grade))


def test_a_sound_record_has_no_faults(record: dict[str, str]) -> None:
    assert export_reviews.faults(record) == ()


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"projectNo": ""}, "projectNo"),
        ({"pf": "传真"}, "pf"),
        ({"deptCode": ""}, "deptCode"),
        ({"deptCode": "11350502MA0000000X"}, "deptCode"),
        ({"taskCode": ""}, "taskCode"),
        ({"userName": "", "certKey": ""}, "certKey,userName"),
        ({"satisfaction": "0"}, "satisfaction,evalDetail"),
        ({"satisfaction": "5"}, "evalDetail"),  # the numbering of GB/T 39046 instead
        ({"evalDetail": "", "writingEvaluation": ""}, "satisfaction"),  # a bad grade says why
        ({"evalDetail": "108,999"}, "evalDetail"),
        ({"assessNumber": "0"}, "assessNumber"),
        ({"acceptDate": "2026-03-03"}, "acceptDate"),  # after the review
        ({"acceptDate": "2026/3/2"}, "acceptDate"),
    ],
)
def test_what_the_platform_would_refuse_is_found_by_its_field(
    record: dict[str, str], change: dict[str, str], wrong: str
) -> None:
    assert ",".join(export_reviews.faults(record | change)) == wrong


def test_what_does_not_pass_is_held_back_shown_and_goes_once_it_is_mended(
    record: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, uscc = tmp_path / "reviews.jsonl", _uscc("")
    assert export(file) == 1
    assert file.read_text() == ""
    told = capsys.readouterr().err
    assert record["projectNo"] in told and "deptCode" in told
    watch = Visitor.signed_in(supervisor())
    page = watch.get("/voices/reviews/").text
    assert "上报没有通过的" in page and "统一社会信用代码" in page
    assert "没有通过" not in Visitor.signed_in(lin()).get("/voices/reviews/").text, "not for the rated"
    assert record["projectNo"] not in page
    _uscc(uscc)
    assert export(file) == 0
    assert json.loads(file.read_text("utf-8"))["deptCode"] == uscc
    assert "没有通过" not in watch.get("/voices/reviews/").text


def test_receipts_are_kept_and_only_what_was_not_taken_goes_again(
    record: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, number = tmp_path / "reviews.jsonl", record["projectNo"]
    export(file)
    assert answered(tmp_path, f"{number},1,0,办件编号不存在，电话13850001111") == 0
    watch = Visitor.signed_in(supervisor())
    page = watch.get("/voices/reviews/").text
    assert "省平台退回：办件编号不存在" in page and "13850001111" not in page
    export(file)
    assert json.loads(file.read_text("utf-8"))["projectNo"] == number, "what was refused goes again"
    (row,) = HandoverRow.objects.all()
    assert (row.state, row.times, row.answer) == ("sent", 2, "")
    assert answered(tmp_path, f"{number},1,1,") == 0
    assert answered(tmp_path, f"{number},1,1,") == 0, "the same receipt twice"
    assert export(file) == 0
    assert file.read_text() == "", "what was taken does not go again"
    reviews.export(file, SINCE, UNTIL, again=True, at=house_clock.now())
    assert file.read_text() != "", "unless it is asked for"
    traces = Audit.objects.filter(act="export_reviews").order_by("id")
    assert [(one.target, one.outcome) for one in traces] == [
        (f"{SINCE}/{UNTIL}", count) for count in ("1", "1", "0", "1")
    ]


def test_wrong_lines_of_receipts_are_told_and_stop_no_other(
    record: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = record["projectNo"]
    assert answered(tmp_path, f"{number},1,1,") == 1, "never handed over"
    export(tmp_path / "reviews.jsonl")
    lines = ("3505-none,1,1,", f"{number},x,1,", f"{number},1,maybe,", f"{number},1,1,", f"{number},1,0,迟了")
    capsys.readouterr()
    assert answered(tmp_path, *lines) == 1
    told = capsys.readouterr()
    assert [f"第{line}行" in told.err for line in range(2, 7)] == [True, True, True, False, True]
    assert "记下回执1条，不能记4行" in told.out
    (row,) = HandoverRow.objects.all()
    assert (row.state, row.answer) == ("accepted", "")


def test_a_file_of_receipts_without_its_columns_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("number,ok\n1,1\n", "utf-8")
    with pytest.raises(Refused, match="projectNo"):
        reviews.receipts(file, at=house_clock.now())


def export(file: Path) -> int:
    return reviews.export(file, SINCE, UNTIL, at=house_clock.now())


def answered(folder: Path, *lines: str) -> int:
    file = folder / "answers.csv"
    file.write_text("\n".join(("projectNo,assessNumber,success,message", *lines, "")), "utf-8")
    return reviews.receipts(file, at=house_clock.now())


def _uscc(code: str) -> str:
    """Give the market office another code; the one that it had."""
    (office,) = Office.objects.filter(code=f"{LICHENG}-market")
    before: str = office.uscc
    Office.objects.filter(code=office.code).update(uscc=code)
    return before
