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
from banshi.desks.console import reviews
from banshi.flows import export_reviews, rate
from banshi.infra import clock as house_clock
from banshi.kernel.actors import ANONYMOUS, SYSTEM
from banshi.kernel.facts import Refused
from tests.conftest import StoppedClock
from tests.desks.voices.people import granted
from tests.personas import LICHENG

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
    return found


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
    assert reviews.export(lines, SINCE, UNTIL) == reviews.export(table, SINCE, UNTIL) == 0
    with table.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    written = json.loads(lines.read_text("utf-8"))
    # Without an installation that is a demo nothing is signed.
    assert row == written == record | {"sign": ""}
    assert stat.S_IMODE(lines.stat().st_mode) == 0o600


def test_what_fails_leaves_no_file(
    record: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Iterator[dict[str, str]]:
        yield record
        raise OSError("the machine that encrypts is gone")

    monkeypatch.setattr(export_reviews, "records", broken)
    with pytest.raises(OSError):
        reviews.export(tmp_path / "reviews.jsonl", SINCE, UNTIL)
    assert list(tmp_path.iterdir()) == []


def test_other_days_are_not_there(record: dict[str, str], tmp_path: Path) -> None:
    assert list(export_reviews.records(date(2026, 2, 1), date(2026, 3, 1), Demo())) == []
    with pytest.raises(Refused, match="结束日期"):
        reviews.export(tmp_path / "x.csv", UNTIL, SINCE)
