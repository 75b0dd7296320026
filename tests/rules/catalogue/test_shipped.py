"""The shipped catalogue: complete, lawful, and sparing with people's time, whatever they answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest

from banshi.contexts.catalogue.files import Reading
from banshi.contexts.catalogue.rules import (
    Laws,
    asked,
    items_of,
    needed_elements,
    needed_materials,
    needed_works,
    situations_of,
)
from banshi.contexts.catalogue.values import Bundle, Catalogue, Item
from banshi.kernel.ids import CertificateId
from tests.rules.catalogue.conftest import DATA
from tests.rules.catalogue.small import numeral

BUNDLES = ("enterprise-change", "newborn", "restaurant")


def ways(bundle: Bundle, catalogue: Catalogue) -> Iterator[dict[str, str]]:
    """Every way to answer all that the bundle and its items ask."""
    codes = {part.item for part in bundle.items}
    questions = asked(bundle.questions, *(catalogue.items[code].questions for code in sorted(codes)))
    choices = [[choice.key for choice in catalogue.dictionaries.questions[key].choices] for key in questions]
    for taken in product(*choices):
        yield dict(zip(questions, taken, strict=True))


def test_nothing_is_wrong_with_it_and_nothing_lies_idle(reading: Reading) -> None:
    assert [str(problem) for problem in (*reading.errors, *reading.warnings)] == []


def test_it_has_more_than_forty_items_of_five_kinds_and_three_bundles(catalogue: Catalogue) -> None:
    assert len(catalogue.items) == 46
    assert {item.type for item in catalogue.items.values()} == {"01", "05", "07", "10", "20"}
    assert tuple(sorted(catalogue.bundles)) == BUNDLES


def test_every_article_not_checked_is_counted(reading: Reading) -> None:
    files = [*(DATA / "catalogue" / "items").glob("*.yaml"), *(DATA / "catalogue" / "bundles").glob("*.yaml")]
    marked = sum(file.read_text(encoding="utf-8").count("unverified: true") for file in files)
    assert reading.unverified == marked > 0
    print(f"未核 {reading.unverified}")


def test_every_article_at_hand_can_be_quoted(catalogue: Catalogue, laws: Laws) -> None:
    cited = [basis for item in catalogue.items.values() for basis in item.bases]
    cited += [basis for bundle in catalogue.bundles.values() for basis in bundle.bases]
    quoted = [basis for basis in cited if not basis.unverified]
    assert len(quoted) > 60
    assert all(laws.article_text(basis.law, basis.edition, basis.article) for basis in quoted)


def test_promises_are_at_most_35_per_cent_of_the_statutory_limit(catalogue: Catalogue) -> None:
    """泉州: 承诺时限压缩到法定时限 35% 以内."""
    for item in catalogue.items.values():
        if item.statutory:
            assert item.promised.unit == item.statutory.unit, item.code
            assert item.promised.days <= max(1, item.statutory.days * 0.35), item.code


@pytest.mark.parametrize(
    ("code", "days", "unit", "law", "article"),
    [
        ("food-licence", 20, "workday", "行政许可法", "第四十二条第一款"),
        ("company-registration", 3, "workday", "市场主体登记管理条例", "第十九条第一款"),
        ("fire-safety-check", 10, "workday", "消防法", "第十五条第三款"),
        ("passport", 15, "day", "护照法", "第六条第二款"),
        ("residence-permit", 15, "day", "居住证暂行条例", "第九条第六款"),
        ("subsistence-allowance", 30, "day", "城市居民最低生活保障条例", "第八条第三款"),
        ("injury-recognition", 60, "day", "工伤保险条例", "第二十条第一款"),
        ("internet-cafe-licence", 15, "workday", "互联网上网服务营业场所管理条例", "第十一条第三款"),
        ("water-abstraction-licence", 45, "workday", "取水许可和水资源费征收管理条例", "第十九条第一款"),
        ("freight-licence", 20, "day", "道路运输条例", "第二十四条第二款"),
    ],
)
def test_statutory_limits_are_those_of_the_law(
    catalogue: Catalogue, laws: Laws, code: str, days: int, unit: str, law: str, article: str
) -> None:
    statutory = catalogue.items[code].statutory
    assert statutory and statutory.basis
    assert (statutory.days, statutory.unit, statutory.basis.law) == (days, unit, law)
    words = laws.article_text(law, statutory.basis.edition, article)
    assert statutory.basis.article == article
    assert re.search(f"({days}|{numeral(days)})个?(工作)?日", words)


def test_a_duty_of_the_parents_is_not_a_limit_of_the_office(catalogue: Catalogue) -> None:
    assert catalogue.items["birth-registration"].statutory is None
    assert catalogue.items["vaccination-record"].statutory is None


@pytest.mark.parametrize("code", BUNDLES)
def test_every_way_to_answer_gives_items_that_fit_together(catalogue: Catalogue, code: str) -> None:
    bundle, known = catalogue.bundles[code], catalogue.dictionaries
    for answers in ways(bundle, catalogue):
        items = [catalogue.items[item] for item in items_of(bundle, answers)]
        assert items, answers
        assert any(all(kind in item.applicants for item in items) for kind in bundle.applicants), answers
        for item in items:
            situations = situations_of(item, answers)
            assert all(part.element in known.elements for part in needed_elements(item, situations))
            works = needed_works(item, situations)
            assert all(earlier in {work.key for work in works} for work in works for earlier in work.after)


@pytest.mark.parametrize(("code", "questions"), [("newborn", 5), ("restaurant", 6), ("enterprise-change", 5)])
def test_a_bundle_asks_few_questions(catalogue: Catalogue, code: str, questions: int) -> None:
    assert len(next(ways(catalogue.bundles[code], catalogue))) == questions


@pytest.mark.parametrize(
    ("code", "answers", "apart", "together"),
    [
        (
            "newborn",
            {
                "applicant_is": "mother",
                "parents_married": "married",
                "mother_insured": "employee",
                "hospital_bill": "advanced",
                "birth_registered": "not_yet",
            },
            (9, 86, 19),
            (27, 10),
        ),
        (
            "restaurant",
            {
                "licence_kind": "new_individual",
                "shop_area": "large",
                "fire_way": "promise",
                "drain": "public_pipe",
                "gas": "new",
                "staff_health": "needed",
            },
            (7, 54, 19),
            (25, 12),
        ),
        (
            "enterprise-change",
            {
                "change_name": "changed",
                "change_address": "changed",
                "change_legal_person": "changed",
                "change_scope": "changed",
                "has_food_licence": "held",
            },
            (9, 86, 23),
            (21, 8),
        ),
    ],
)
def test_together_far_less_is_typed_and_handed_over_than_apart(
    catalogue: Catalogue,
    code: str,
    answers: dict[str, str],
    apart: tuple[int, int, int],
    together: tuple[int, int],
) -> None:
    """Items, elements and materials apart; elements and materials together, less what the bundle issues itself."""
    items = [catalogue.items[item] for item in items_of(catalogue.bundles[code], answers)]
    forms = [needed_elements(item, situations_of(item, answers)) for item in items]
    sets = [needed_materials(item, situations_of(item, answers)) for item in items]
    assert (len(items), sum(map(len, forms)), sum(map(len, sets))) == apart
    types = catalogue.dictionaries.materials
    needless = {
        need.material
        for item, group in zip(items, sets, strict=True)
        for need in group
        if any(
            other is not item and other.outcome.certificate == types[need.material].certificate != ""
            for other in items
        )
    }
    handed = {need.material for group in sets for need in group} - needless
    assert (len({part.element for form in forms for part in form}), len(handed)) == together
    assert together[0] * 2 < apart[1]


def test_offices_work_side_by_side_where_they_can(catalogue: Catalogue) -> None:
    def starts(item: Item, answers: dict[str, str]) -> dict[str, set[str]]:
        works = needed_works(item, situations_of(item, answers))
        together: dict[str, set[str]] = {}
        for work in works:
            together.setdefault("+".join(sorted(work.after)), set()).add(work.department)
        return together

    married = {"applicant_is": "mother", "parents_married": "married"}
    assert starts(catalogue.items["birth-registration"], married)[""] == {"health", "civil_affairs"}
    assert starts(catalogue.items["food-licence"], {})["paper_review"] == {"market", "health"}
    assert starts(catalogue.items["internet-cafe-licence"], {})[""] == {"public_security", "fire", "culture"}


def test_what_is_looked_at_on_the_spot_is_written_down_and_two_go(catalogue: Catalogue) -> None:
    visits = [
        (item, work)
        for item in catalogue.items.values()
        if item.type == "01"
        for work in item.works
        if work.kind == "site_visit"
    ]
    assert len(visits) >= 6
    assert all(work.people == 2 and len(work.checklist) >= 4 for _, work in visits)


def test_what_the_law_says_of_the_procedure_is_in_the_definition(catalogue: Catalogue, laws: Laws) -> None:
    assert "举行听证" in laws.article_text("娱乐场所管理条例", "2020-11-29", "第十条")
    assert catalogue.items["entertainment-licence"].hearing == "required"
    renewal = catalogue.items["public-place-hygiene-renewal"]
    assert renewal.renewable
    assert "逾期未作决定的，视为准予延续" in laws.article_text("行政许可法", "2019-04-23", "第五十条第二款")
    assert catalogue.items["food-licence"].safety and not catalogue.items["travel-agency-licence"].safety


def test_certificate_numbers_can_be_built_from_every_type(catalogue: Catalogue) -> None:
    for certificate in catalogue.dictionaries.certificates.values():
        built = CertificateId.build(certificate.code, "11990000MB0000000J", "2026000001")
        assert CertificateId.parse(str(built)) == built
