"""Trying rules: what is wrong is told with its place, what is right is tried and explained, and nothing is kept."""

from __future__ import annotations

import io
from html import escape

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from banshi.contexts.policies import operations, queries
from banshi.desks.console.policies import FOLDER
from banshi.infra import clock as house_clock
from banshi.infra.models import Fact
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.personas import wang
from tests.security.town import Visitor, head, town

pytestmark = pytest.mark.django_db
RULES = "/staff/rules/"
TABLE = "unique,kind 类型,age:int 年龄,-> outcome\n,person,>= 60,可以办老年证\n,person,< 60,还不能办\n,firm,,企业不办\n"


@pytest.fixture
def editor(clock: StoppedClock) -> Visitor:
    town()
    library, _ = queries.read_files(FOLDER)
    assert library is not None
    operations.publish(library=library, actor=SYSTEM, at=house_clock.now())
    return Visitor.signed_in(head())


def tried(editor: Visitor, kind: str, text: str, **values: str) -> str:
    return editor.post(RULES, {"kind": kind, "text": text, **values}).text


def test_a_rule_that_is_wrong_is_told_with_its_place(editor: Visitor) -> None:
    answer = editor.post(RULES, {"kind": "rule", "text": "person.insured_month >= 12"})
    assert answer.status == 422
    assert "没有声明数据“person.insured_month”" in answer.text
    assert "person.insured_months" in answer.text, "what was meant"
    assert "1:1" in answer.text and "^^^^" in answer.text
    assert "person.insured_month &gt;= 12" in answer.text, "what was typed is still there"
    assert "不能用于" in tried(editor, "rule", "person.insured_months >= '12'")


def test_a_rule_is_tried_on_values_and_explained(editor: Visitor) -> None:
    text = "person.insured_months >= 12 && person.involuntary"
    page = tried(editor, "rule", text)
    assert "不知道" in page and "还缺" in page
    page = tried(editor, "rule", text, **{"v_person.insured_months": "6", "v_person.involuntary": "yes"})
    assert "不成立" in page and "失业保险累计缴费" in page
    page = tried(editor, "rule", text, **{"v_person.insured_months": "14", "v_person.involuntary": "yes"})
    assert "不成立" not in page.split("从哪里开始")[0]
    assert "填得不对" in tried(editor, "rule", text, **{"v_person.insured_months": "abc"})


def test_money_is_typed_in_yuan_and_a_day_can_be_chosen(editor: Visitor) -> None:
    text = "person.household_income <= yuan(500) && years(person.born, as_of) >= 60"
    given = {"v_person.household_income": "500", "v_person.born": "1966-03-03", "v_as_of": "2026-03-02"}
    assert "不成立" in tried(editor, "rule", text, **given).split("从哪里开始")[0]
    assert (
        "不成立"
        not in tried(editor, "rule", text, **given | {"v_as_of": "2026-03-03"}).split("从哪里开始")[0]
    )


def test_a_table_is_checked_drawn_and_tried(editor: Visitor) -> None:
    page = tried(editor, "table", TABLE)
    assert "<svg" in page and "还要问" in page
    assert "可以办老年证" in tried(editor, "table", TABLE, v_kind="person", v_age="60")
    overlapping = TABLE.replace("< 60", "<= 60")
    assert "同时成立" in tried(editor, "table", overlapping)
    wrong = editor.post(RULES, {"kind": "table", "text": TABLE.replace(">= 60", ">= sixty")})
    assert wrong.status == 422 and "第2行" in wrong.text


def test_what_is_typed_is_drawn_and_not_run(editor: Visitor) -> None:
    evil = "<script>alert(1)</script>"
    table = f'unique,kind {evil},-> outcome\n,a,{evil}\n,b,"{evil}"\n{evil},c,other\n'
    flow = (
        f"code: x\ntitle: '{evil}'\nsummary: '{evil}'\nquestions:\n"
        f"  - {{code: q, text: '{evil}', choices: [{{key: a, text: '{evil}'}}, {{key: b, text: b}}]}}\n"
        f"outcomes:\n  - {{code: one, name: '{evil}', when: q == 'a'}}\n  - {{code: two, name: '{evil}', when: q == 'b'}}\n"
    )
    for kind, text in (("table", table), ("flow", flow)):
        page = tried(editor, kind, text, v_kind="a", v_q="a")
        assert "<svg" in page
        assert evil not in page
        assert "&lt;script&gt;" in page.partition("<svg")[2]


def test_an_excel_table_is_taken_as_it_is(editor: Visitor) -> None:
    book = openpyxl.Workbook()
    for line in TABLE.splitlines():
        book.active.append(line.split(","))
    said = io.BytesIO()
    book.save(said)
    given = {"kind": "table", "text": "", "v_kind": "firm"}
    page = editor.post(RULES, given | {"sheet": SimpleUploadedFile("表.xlsx", said.getvalue())}).text
    assert "企业不办" in page and "&gt;= 60" in page
    broken = editor.post(RULES, given | {"sheet": SimpleUploadedFile("表.xlsx", b"PK no workbook")})
    assert broken.status == 422 and "不是完好的 Excel" in broken.text


def test_what_is_published_can_be_the_start(editor: Visitor) -> None:
    first = queries.get_policy("n-unemployment").policy.conditions[0]
    page = editor.get(RULES, **{"from": f"policy:n-unemployment:{first.key}"}).text
    assert f"{escape(first.rule)}</textarea>" in page
    text = editor.get(RULES, **{"from": "guide:construction-project"}).text
    assert "code: construction-project" in text
    assert (
        "code: construction-project"
        not in editor.get(RULES, **{"from": "guide:../guidance/construction-project"}).text
    )
    flow = (FOLDER.parent / "guidance" / "construction-project.yaml").read_text("utf-8")
    assert "<svg" in tried(editor, "flow", flow)
    broken = editor.post(RULES, {"kind": "flow", "text": flow.replace("code: investment", "code: land", 1)})
    assert broken.status == 422 and "第" in broken.text


def test_nothing_is_kept_and_it_is_not_for_every_desk(editor: Visitor) -> None:
    before = Fact.objects.count()
    tried(editor, "rule", "person.low_income")
    tried(editor, "table", TABLE)
    assert Fact.objects.count() == before
    assert Visitor.signed_in(wang()).get(RULES).status == 404
    assert Visitor().get(RULES).location.startswith("/staff/sign-in/")
