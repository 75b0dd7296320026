"""导办流程: asks only what can still change the result; every way ends somewhere, and none is too long."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banshi.contexts.guidance import queries as guidance
from banshi.contexts.guidance.files import FlowError, read_flow
from banshi.contexts.guidance.values import Flow
from banshi.kernel.facts import Refused
from tests.examples import examples

ON = date(2026, 11, 21)
ROOT = Path(__file__).resolve().parents[3]
SHIPPED = sorted((ROOT / "data/guidance").glob("*.yaml"))
PENSION = """
code: pension
title: 养老补贴
questions:
  - {code: born, text: 哪年出生, kind: date, known: [{fact: person.born}]}
  - code: hukou
    text: 户口在哪里
    choices: [{key: local, text: 本地}, {key: other, text: 外地}]
    known: [{fact: certificate.household, gives: {held: local}}]
  - {code: income, text: 一年收入多少, kind: int, unit: 元, least: 0, label: 年收入}
  - code: card
    text: 有残疾人证吗
    kind: bool
    when: income >= 30000
outcomes:
  - {code: old, name: 高龄津贴, when: "years(born, as_of) >= 80"}
  - {code: poor, name: 困难补贴, when: hukou == 'local' && (income < 30000 || card)}
  - {code: none, name: 没有补贴, when: "years(born, as_of) < 80 && !(hukou == 'local' && (income < 30000 || card))"}
"""


def flow(tmp_path: Path, text: str = PENSION, name: str = "pension.yaml") -> Flow:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return read_flow(path)


def codes(what: Flow, **answers: str) -> set[str]:
    now = guidance.walk(what, answers, on=ON)
    assert now.next is None
    return {one.code for one in what.outcomes(now.hits)}


def asked(what: Flow, **answers: str) -> str:
    question = guidance.walk(what, answers, on=ON).next
    return question.code if question else ""


def test_the_next_question_is_the_first_that_still_matters(tmp_path: Path) -> None:
    what = flow(tmp_path)
    assert asked(what) == "born"
    assert asked(what, born="1960-01-01") == "hukou"
    assert codes(what, born="1960-01-01", hukou="other") == {"none"}
    assert asked(what, born="1960-01-01", hukou="local") == "income"
    assert codes(what, born="1940-01-01", hukou="local", income="20,000") == {"old", "poor"}


def test_a_question_waits_for_its_condition(tmp_path: Path) -> None:
    what = flow(tmp_path)
    assert asked(what, born="1960-01-01", hukou="local", income="30000") == "card"
    assert codes(what, born="1960-01-01", hukou="local", income="30000", card="true") == {"poor"}
    assert codes(what, born="1960-01-01", hukou="local", income="30000", card="false") == {"none"}


def test_a_changed_answer_drops_what_hung_on_it(tmp_path: Path) -> None:
    before = {"born": "1960-01-01", "hukou": "local", "income": "30000", "card": "true"}
    what = flow(tmp_path)
    now = guidance.walk(what, before | {"hukou": "other"}, on=ON)
    assert set(now.answers) == {"born", "hukou"}


def test_what_is_known_is_not_asked_and_said_so(tmp_path: Path) -> None:
    what = flow(tmp_path)
    facts = {"person.born": "1960-01-01", "certificate.household": "held"}
    now = guidance.walk(what, {}, facts, ON)
    assert now.next and now.next.code == "income"
    assert [(one.question.code, one.choice.text, one.fact) for one in now.known] == [
        ("born", "1960年1月1日", "person.born"),
        ("hukou", "本地", "certificate.household"),
    ]
    assert now.answered == ()


def test_an_answer_stands_above_what_is_known(tmp_path: Path) -> None:
    what = flow(tmp_path)
    now = guidance.walk(
        what, {"hukou": "other"}, {"person.born": "1960-01-01", "certificate.household": "held"}, ON
    )
    assert now.next is None
    assert [one.question.code for one in now.known] == ["born"]
    assert now.answers == {"born": "1960-01-01", "hukou": "other"}


def test_a_fact_that_is_no_answer_answers_nothing(tmp_path: Path) -> None:
    now = guidance.walk(flow(tmp_path), {}, {"person.born": "很久以前", "certificate.household": "lost"})
    assert now.next and now.next.code == "born"
    assert now.known == ()


@pytest.mark.parametrize("typed", ["", "-1", "3.5", "abc", "1e9", "9" * 30])
def test_a_number_out_of_bounds_is_asked_again(tmp_path: Path, typed: str) -> None:
    what = flow(tmp_path)
    question = next(one for one in what.questions if one.code == "income")
    with pytest.raises(Refused, match="年收入"):
        guidance.read(question, typed)
    assert asked(what, born="1960-01-01", hukou="local", income=typed) == "income"


def test_why_an_outcome_holds_is_told_in_words(tmp_path: Path) -> None:
    what = flow(tmp_path)
    now = guidance.walk(what, {"born": "1960-01-01", "hukou": "local", "income": "5"}, on=ON)
    (poor,) = what.outcomes(now.hits)
    assert guidance.reasons(poor, now.data) == ["户口在哪里是本地", "年收入小于30,000元"]


def test_a_condition_that_does_not_hold_is_told_as_such(tmp_path: Path) -> None:
    what = flow(tmp_path)
    now = guidance.walk(what, {"born": "1960-01-01", "hukou": "other"}, on=ON)
    (none,) = what.outcomes(now.hits)
    assert "不是“户口在哪里是本地”" in guidance.reasons(none, now.data)


def test_a_file_cannot_be_blown_up_by_references(tmp_path: Path) -> None:
    text = PENSION.replace("questions:", "keywords: &a [x]\napplicants: *a\nquestions:")
    with pytest.raises(FlowError, match="照写一遍"):
        flow(tmp_path, text)


def test_every_way_is_gone_through_with_both_sides_of_every_bound(tmp_path: Path) -> None:
    ways = list(guidance.ways(flow(tmp_path), ON))
    assert {way.answers["income"] for way in ways if "income" in way.answers} >= {"29999", "30000"}
    assert all(way.hits for way in ways)


def test_ways_are_what_people_walk(tmp_path: Path) -> None:
    what = flow(tmp_path)
    for way in guidance.ways(what, ON):
        now = guidance.walk(what, way.answers, on=ON)
        assert (now.next, now.hits) == (None, way.hits)


def findings(what: Flow) -> set[tuple[str, str]]:
    return {(one.kind, one.at) for one in guidance.check(what, ON).findings}


def test_what_is_wrong_with_a_flow_is_found(tmp_path: Path) -> None:
    assert findings(flow(tmp_path)) == set()
    gap = PENSION.replace("as_of) < 80", "as_of) < 60")
    assert ("unanswered", "") in findings(flow(tmp_path, gap))
    never = PENSION.replace("hukou == 'local' && (income", "hukou == 'local' && income < 0 && (income", 1)
    assert ("never", "poor") in findings(flow(tmp_path, never))
    unused = PENSION.replace("outcomes:\n", "  - {code: spare, text: 喝茶吗, kind: bool}\noutcomes:\n")
    assert ("unreachable", "spare") in findings(flow(tmp_path, unused))


def test_questions_that_wait_for_one_another_never_end(tmp_path: Path) -> None:
    ring = PENSION.replace("unit: 元,", "unit: 元, when: card,")
    assert findings(flow(tmp_path, ring)) == {("endless", "income")}
    late = PENSION.replace("{code: born,", "{code: born, when: hukou == 'local',")
    assert findings(flow(tmp_path, late)) == {("endless", "born")}


def test_more_than_ten_questions_are_too_many(tmp_path: Path) -> None:
    lines = ["code: deep", "title: 太多", "questions:"]
    lines += [f"  - {{code: q{n}, text: 第{n}问, kind: bool}}" for n in range(11)]
    whole = " && ".join(f"q{n}" for n in range(11))
    lines += [
        "outcomes:",
        f"  - {{code: all, name: 全是, when: {whole}}}",
        f'  - {{code: no, name: 不全是, when: "!({whole})"}}',
    ]
    assert [one.kind for one in guidance.check(flow(tmp_path, "\n".join(lines)), ON).findings] == ["too_deep"]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("hukou == 'local' && (income", "hukuo == 'local' && (income", 17, "hukuo"),
        ("income >= 30000", "income >= 'x'", 14, "不能用于"),
        ("kind: date", "kind: dates", 5, "dates"),
        ("title: 养老补贴", "titel: 养老补贴", 3, "titel"),
        ("text: 户口在哪里\n", "txet: 户口在哪里\n", 7, "txet"),
        ("code: card", "code: income", 11, "已经用过"),
        ("    choices: [{key: local, text: 本地}, {key: other, text: 外地}]\n", "", 6, "没有选项"),
        ("name: 高龄津贴", "name: 高龄津贴, stage: nowhere", 16, "nowhere"),
        ("title: 养老补贴", "title: [", 5, "YAML"),
    ],
)
def test_a_mistake_in_a_file_has_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert old in PENSION
    with pytest.raises(FlowError) as error:
        flow(tmp_path, PENSION.replace(old, new, 1))
    assert any(one.line == line and said in one.zh for one in error.value.problems), error.value.problems


def test_a_table_may_hold_the_outcomes(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "first,hukou,income:int,-> outcome\n,local,< 30000,poor\n,,,none\n", "utf-8"
    )
    text = PENSION.partition("outcomes:")[0].replace("title:", "table: rows.csv\ntitle:")
    text += "outcomes:\n  - {code: poor, name: 困难补贴}\n  - {code: none, name: 没有补贴}\n"
    what = flow(tmp_path, text)
    assert asked(what) == "hukou"
    assert codes(what, hukou="other") == {"none"}
    assert codes(what, hukou="local", income="1") == {"poor"}
    (tmp_path / "rows.csv").write_text("first,hukou,-> outcome\n,local,rich\n,elsewhere,none\n", "utf-8")
    with pytest.raises(FlowError) as error:
        flow(tmp_path, text)
    assert [(one.file, one.line) for one in error.value.problems] == [("rows.csv", 3)]


def test_a_table_alone_is_a_flow(tmp_path: Path) -> None:
    what = flow(
        tmp_path, "age:int 年龄,sex,-> outcome\n< 60,,work\n>= 60,male,rest\n>= 60,female,rest too\n", "t.csv"
    )
    assert asked(what, age="59") == ""
    assert asked(what, age="60") == "sex"
    assert findings(what) == set()
    gap = flow(tmp_path, "age:int,sex,-> outcome\n< 60,,work\n>= 60,male,rest\n,female,x\n", "t.csv")
    assert ("overlap", "第2行") in findings(gap)


def test_excel_and_csv_are_the_same(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for line in (["age:int", "born:date", "-> grant:int"], ["< 60", "< 2000-01-01", 5], [">= 60", None, 7.0]):
        book.active.append(line)
    book.save(tmp_path / "t.xlsx")
    what = read_flow(tmp_path / "t.xlsx")
    assert [row.gives for row in what.table.rows] == [{"grant": 5}, {"grant": 7}]
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(Refused, match=r"broken\.xlsx"):
        read_flow(tmp_path / "broken.xlsx")


def test_a_mistake_in_a_sheet_has_its_column(tmp_path: Path) -> None:
    with pytest.raises(FlowError) as error:
        flow(tmp_path, "age:int,sex,-> outcome:int\n5,male,x\n", "t.csv")
    assert [(one.line, one.zh[:3]) for one in error.value.problems] == [(2, "C列：")]


@pytest.mark.parametrize(
    ("what", "said"), [("merged", "B2:B3"), ("formula", "B2"), ("chart", "Excel"), ("time", "13:05")]
)
def test_a_workbook_that_would_be_read_wrong_is_refused(tmp_path: Path, what: str, said: str) -> None:
    """Merged cells and formulas that nobody reckoned come as empty cells, and empty means any."""
    import openpyxl

    book = openpyxl.Workbook()
    for line in (["unique", "sex", "-> outcome"], ["a", "male", "x"], ["b", None, "y"]):
        book.active.append(line)
    match what:
        case "merged":
            book.active.merge_cells("B2:B3")
        case "formula":
            book.active["B2"] = "=1+1"
        case "time":
            book.active["B1"], book.active["B2"] = "born:date", datetime(2026, 3, 1, 13, 5)  # noqa: DTZ001
        case "chart":
            book.create_chartsheet("chart", 0)
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(Refused, match=said):
        read_flow(tmp_path / "t.xlsx")


def test_of_many_choices_the_first_twenty_are_told_and_that_there_are_more(tmp_path: Path) -> None:
    rows = "".join(f"c{n},x\n" for n in range(21))
    what = flow(tmp_path, f"country,-> outcome\n{rows}", "t.csv")
    with pytest.raises(Refused, match="c19等"):
        guidance.read(what.questions[0], "elsewhere")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_way_through_a_shipped_flow_is_sound(path: Path) -> None:
    what = read_flow(path)
    told = guidance.check(what, ON)
    assert told.findings == ()
    assert 5 <= told.longest <= 10
    assert told.paths > 100


def test_the_picture_of_a_flow_tells_where_each_answer_leads(tmp_path: Path) -> None:
    drawn = guidance.picture(flow(tmp_path), ON)
    assert drawn.startswith("<svg") and "3. 一年收入多少" in drawn
    assert "29,999元以下 → 结果" in drawn and "30,000元以上 → 第 4 题" in drawn


def test_the_picture_names_places_and_no_codes(tmp_path: Path) -> None:
    text = """
code: where
title: 在哪里
questions:
  - {code: place, text: 在哪里办, kind: place}
  - {code: more, text: 还有吗, kind: bool, when: place.startsWith('3505')}
outcomes:
  - {code: here, name: 本地, when: place.startsWith('3505') && more}
  - {code: not, name: 不办, when: "!(place.startsWith('3505') && more)"}
"""
    drawn = guidance.picture(flow(tmp_path, text), ON, lambda code: {"350500": "泉州市"}[code])
    assert "泉州市 → 第 2 题" in drawn and "其他地方 → 结果" in drawn
    assert "3505" not in drawn
    everywhere = guidance.picture(CONSTRUCTION, ON)
    assert "不论哪里 → 第 2 题" in everywhere


CONSTRUCTION = read_flow(ROOT / "data/guidance/construction-project.yaml")
ANY = st.fixed_dictionaries(
    {},
    optional={
        question.code: st.sampled_from(
            [choice.key for choice in question.choices] or ["350502", "420324", "5", "900", "20000"]
        )
        for question in CONSTRUCTION.questions
    },
)


@given(ANY)
@settings(deadline=None, max_examples=examples(100))
def test_walking_again_with_what_was_kept_changes_nothing(answers: dict[str, str]) -> None:
    once = guidance.walk(CONSTRUCTION, answers)
    again = guidance.walk(CONSTRUCTION, once.answers)
    assert (again.next, again.answers, again.hits) == (once.next, once.answers, once.hits)


@given(ANY, ANY)
@settings(deadline=None, max_examples=examples(100))
def test_a_question_that_was_not_asked_could_not_have_mattered(
    answers: dict[str, str], others: dict[str, str]
) -> None:
    """Whatever else one knew, once the questions are over the result stands."""
    now = guidance.walk(CONSTRUCTION, answers)
    if now.next is None:
        more = guidance.walk(CONSTRUCTION, {**others, **now.answers})
        assert more.hits == now.hits
