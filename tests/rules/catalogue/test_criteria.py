"""审批条件: what can be judged is judged, what cannot is said; and what is wrong in a file is told where it stands."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from banshi.contexts.catalogue.rules.criteria import Judge, at_once
from banshi.contexts.catalogue.rules.laws import Laws
from banshi.contexts.catalogue.values import Catalogue, Item
from banshi.kernel.elements import AS_OF
from banshi.kernel.mistakes import Mistake
from tests.rules.catalogue.small import FILES, broken, read, standing_at

TODAY = date(2026, 3, 2)
CLAUSE = """\
criteria:
  - key: public
    text: 公办的才行。
    basis: {law: 养老法, edition: 2020-01-01, article: 第七条}
    proof: 填写的类别
    rule: kind == 'public'
    materials: [M-PLAN]
topics: [养老]
"""


def problems(folder: Path, old: str = "", new: str = "") -> list[Mistake]:
    """What is wrong with 养老机构备案 once it has a clause, with this part of it written otherwise."""
    clause = CLAUSE.replace(old, new) if old else CLAUSE
    assert not old or clause != CLAUSE
    return list(broken(folder, "items/home-record.yaml", "topics: [养老]\n", clause).errors)


def test_a_clause_that_is_right_has_nothing_wrong(tmp_path: Path) -> None:
    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "zh", "at"),
    [
        ("kind == 'public'", "kinds == 'public'", "规则第1个字符（kinds）：没有声明数据", "kinds =="),
        ("kind == 'public'", "opens_on <= as_of", "这个事项的表单里没有 opens_on", "opens_on <="),
        ("kind == 'public'", "answer.canteen == 'yes'", "这个事项没有问题 canteen", "answer.canteen"),
        ("kind == 'public'", "size(kind)", "规则的结果应是bool", "size(kind)"),
        ("kind == 'public'", "kind > 3", "不能用于", "kind > 3"),
        ("kind == 'public'", "held.passport", "没有声明数据“held.passport”", "held.passport"),
        ("proof: 填写的类别", "proof: ''", "要写明用什么证明", "''"),
        ("[M-PLAN]", "[M-PAPERS]", "没有这个事项的材料 M-PAPERS", "M-PAPERS"),
        ("article: 第七条", "article: 第八条", "没有第八条", "第八条"),
        ("edition: 2020-01-01", "edition: 2021-01-01", "要标 unverified", "2021-01-01"),
        ("key: public", "key: Public", "key 只能用小写", "Public"),
        ("text: 公办的才行。", "text: 有其他材料的才行。", "不能写“其他材料”", "有其他材料"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_column(
    tmp_path: Path, old: str, new: str, zh: str, at: str
) -> None:
    (wrong,) = problems(tmp_path, old, new)
    assert zh in wrong.zh
    assert standing_at(tmp_path, wrong).lstrip("\"'[").startswith(at.lstrip("\"'["))


def test_a_clause_without_an_article_is_none(tmp_path: Path) -> None:
    (wrong,) = problems(tmp_path, "    basis: {law: 养老法, edition: 2020-01-01, article: 第七条}\n", "")
    assert "缺少 basis" in wrong.zh
    assert wrong.line == FILES["items/home-record.yaml"].count("\n") + 1


def test_two_clauses_of_one_key_are_told(tmp_path: Path) -> None:
    twice = CLAUSE.removesuffix("topics: [养老]\n") + CLAUSE.removeprefix("criteria:\n")
    (wrong,) = broken(tmp_path, "items/home-record.yaml", "topics: [养老]\n", twice).errors
    assert "public 写了两次" in wrong.zh


@pytest.mark.parametrize(
    ("clause", "zh"),
    [
        (CLAUSE, "要是即办件、没有环节、承诺 0 天，每个条件都有 rule"),
        (CLAUSE.replace("    rule: kind == 'public'\n", ""), "每个条件都有 rule"),
    ],
)
def test_a_certificate_on_the_day_of_an_event_needs_an_item_that_rules_decide(
    tmp_path: Path, clause: str, zh: str
) -> None:
    found = broken(tmp_path, "items/home-record.yaml", "topics: [养老]\n", f"event: record\n{clause}").errors
    assert [zh in one.zh for one in found] == [True]


def test_and_a_clause_that_looks_at_the_event(tmp_path: Path) -> None:
    at_day = FILES["items/home-record.yaml"].replace("promised: {days: 1}", "promised: {days: 0}")
    text = at_day.replace("topics: [养老]\n", f"event: record\n{CLAUSE}")
    (wrong,) = read(tmp_path, {**FILES, "items/home-record.yaml": text}).errors
    assert "没有条件用到 held.record" in wrong.zh
    right = text.replace("kind == 'public'", "held.record")
    assert read(tmp_path, {**FILES, "items/home-record.yaml": right}).errors == ()


# ---- the shipped items


def test_at_least_eight_items_are_open_books_and_three_are_decided_at_once(catalogue: Catalogue) -> None:
    with_clauses = {code for code, item in catalogue.items.items() if item.criteria}
    assert len(with_clauses) >= 8
    assert {code for code in with_clauses if at_once(catalogue.items[code])} == {
        "environmental-registration",
        "land-use-right-registration",
        "residence-permit-endorsement",
    }


def test_every_article_of_a_clause_can_be_quoted_or_is_marked(catalogue: Catalogue, laws: Laws) -> None:
    cited = [one.basis for item in catalogue.items.values() for one in item.criteria]
    assert sum(basis.unverified for basis in cited) == 1
    for basis in cited:
        assert basis.unverified or laws.article_text(basis.law, basis.edition, basis.article)


def judge_of(catalogue: Catalogue) -> Judge:
    """Made once: its rules are compiled once."""
    if not _judges:
        _judges.append(Judge(catalogue.dictionaries))
    return _judges[0]


_judges: list[Judge] = []


def verdicts(catalogue: Catalogue, code: str, row: dict[str, Any], *situations: str) -> dict[str, str]:
    judge = judge_of(catalogue)
    found = judge.judge(catalogue.items[code], frozenset(situations), {AS_OF: TODAY, **row})
    return {one.criterion.key: one.verdict for one in found}


def test_half_a_year_elsewhere_makes_a_residence_permit(catalogue: Catalogue) -> None:
    row = {"applicant_region": "350602", "place.city": "3505", "stay_since_on": date(2025, 9, 2)}
    told = verdicts(catalogue, "residence-permit", row, "job")
    assert told == {"elsewhere": "holds", "half_a_year": "holds", "address_proof": "person", "job": "person"}
    short = verdicts(catalogue, "residence-permit", row | {"stay_since_on": date(2025, 9, 3)})
    assert short["half_a_year"] == "fails"
    home = verdicts(catalogue, "residence-permit", row | {"applicant_region": "350521"})
    assert home["elsewhere"] == "fails"


@pytest.mark.parametrize(
    ("who", "injured_on", "verdict"),
    [
        ("employer", "2026-01-31", "holds"),
        ("employer", "2026-01-30", "fails"),
        ("worker", "2026-01-30", "holds"),
        ("worker", "2025-03-02", "fails"),
        ("worker", "2025-03-03", "holds"),
    ],
)
def test_an_injury_is_told_in_time(catalogue: Catalogue, who: str, injured_on: str, verdict: str) -> None:
    row = {"answer.injury_applicant": who, "injured_on": date.fromisoformat(injured_on)}
    assert verdicts(catalogue, "injury-recognition", row)["in_time"] == verdict


def test_thirty_days_before_its_end_a_licence_can_still_be_renewed(catalogue: Catalogue) -> None:
    for days, verdict in ((30, "holds"), (29, "fails")):
        row = {"held.hygiene_licence": True, "until.hygiene_licence": TODAY + timedelta(days)}
        assert verdicts(catalogue, "public-place-hygiene-renewal", row)["thirty_days"] == verdict


def test_a_travel_agency_has_three_hundred_thousand(catalogue: Catalogue) -> None:
    judge = judge_of(catalogue)
    for fen, verdict in (("30000000", "holds"), ("29999999", "fails")):
        row = judge.facts({"enterprise.capital_fen": fen, "enterprise.uscc": "A"})
        assert verdicts(catalogue, "travel-agency-licence", row)["capital"] == verdict


def test_an_endorsement_comes_in_the_last_month_or_late(catalogue: Catalogue) -> None:
    for until, verdict in (("2026-04-01", "holds"), ("2026-04-02", "fails"), ("2025-12-01", "holds")):
        row = {"endorsed_until_on": date.fromisoformat(until)}
        assert verdicts(catalogue, "residence-permit-endorsement", row)["last_month"] == verdict


def test_what_has_to_be_stated_follows_from_what_is_computed_and_from_situations(
    catalogue: Catalogue,
) -> None:
    item: Item = catalogue.items["subsistence-allowance"]
    poor = replace(catalogue.items["unemployment-benefit"].criteria[0], rule="family_income_each < yuan(800)")
    assert {"family_income", "family_members"} <= judge_of(catalogue).needs(replace(item, criteria=(poor,)))
    assert "answer.stay_reason" in judge_of(catalogue).needs(catalogue.items["residence-permit"])


def test_an_item_in_which_others_have_a_say_is_not_decided_at_once(catalogue: Catalogue) -> None:
    item: Item = catalogue.items["environmental-registration"]
    assert at_once(item)
    assert not at_once(replace(item, instant=False))
    assert not at_once(replace(item, interested=True))
    assert not at_once(replace(item, discretion="restricted"))
    assert not at_once(replace(item, works=catalogue.items["passport"].works))
    assert not at_once(replace(item, criteria=(*item.criteria, replace(item.criteria[0], rule=""))))
    assert not at_once(replace(item, criteria=()))


def test_the_words_of_a_group_are_no_rows_of_it(catalogue: Catalogue) -> None:
    judge = judge_of(catalogue)
    assert judge.row({"trucks": "车牌：闽C00001"}, {}, {}, TODAY)["trucks"] is None
    assert judge.row({"trucks": '[{"weight": "5000"}]'}, {}, {}, TODAY)["trucks"][0]["weight"] == 5000


def test_a_rule_of_an_older_version_that_cannot_be_read_any_more_is_for_a_person(
    catalogue: Catalogue,
) -> None:
    item: Item = catalogue.items["environmental-registration"]
    old = replace(item, criteria=(replace(item.criteria[0], rule="gone_element == 1"),))
    (one,) = judge_of(catalogue).judge(old, frozenset(), {AS_OF: TODAY})
    assert one.verdict == "person"


@given(
    row=some.fixed_dictionaries(
        {},
        optional={
            "enterprise_uscc": some.sampled_from(["A", "B"]),
            "enterprise.uscc": some.sampled_from(["A", "B"]),
            "project_eia_kind": some.sampled_from(["form", "table", "report", "none"]),
            "project_from_on": some.dates(date(2025, 1, 1), date(2027, 12, 31)),
        },
    ),
    more=some.sampled_from(["enterprise_uscc", "enterprise.uscc", "project_eia_kind", "project_from_on"]),
)
def test_what_is_told_stays_told_whatever_is_learned_later(
    catalogue: Catalogue, row: dict[str, Any], more: str
) -> None:
    """And no clause holds or fails by what nobody has said."""
    judge = judge_of(catalogue)
    item = catalogue.items["environmental-registration"]
    asks = judge.asks(item)
    full = {
        "enterprise_uscc": "A",
        "enterprise.uscc": "A",
        "project_eia_kind": "form",
        "project_from_on": TODAY,
        **row,
    }
    before = judge.judge(item, frozenset(), {AS_OF: TODAY, **row})
    after = judge.judge(item, frozenset(), {AS_OF: TODAY, **row, more: full[more]})
    for one, later in zip(before, after, strict=True):
        assert one.verdict in ("unknown", later.verdict)
        assert (one.verdict == "unknown") == bool(one.missing)
        assert set(one.missing) <= asks - set(row)
