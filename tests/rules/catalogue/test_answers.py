"""情形导办: what an item asks for follows from the answers; a bundle asks for everything once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from banshi.contexts.catalogue.rules import (
    asked,
    fill_sources,
    holds,
    items_of,
    needed_elements,
    needed_materials,
    needed_works,
    situations_of,
)
from banshi.contexts.catalogue.values import (
    Bundle,
    BundleItem,
    Element,
    Fill,
    FormElement,
    Item,
    Limit,
    MaterialNeed,
    Outcome,
    Situation,
    Work,
)


def work(key: str, *after: str, when: tuple[str, ...] = ()) -> Work:
    return Work(key, key, "review", "civil", Limit(1), after=after, situations=when)


MARRIED = Situation("married", "领了证", {"certificate": ("yes",)})
ABROAD = Situation("abroad", "在国外生的", {"certificate": ("yes", "no"), "place": ("abroad",)})
HOUSEHOLD = Item(
    code="household",
    name="出生登记",
    plain_name="上户口",
    summary="",
    codes=(),
    type="07",
    applicants=("person",),
    department="police",
    instant=False,
    bases=(),
    statutory=None,
    promised=Limit(3),
    conditions=(),
    outcome=Outcome("certificate", "户口簿", "register"),
    questions=("certificate", "place"),
    situations=(MARRIED, ABROAD),
    elements=(FormElement("child"), FormElement("father", ("married",)), FormElement("visa", ("abroad",))),
    materials=(MaterialNeed("M-BOOK", ("married", "abroad")), MaterialNeed("M-ID")),
    works=(
        work("births"),
        work("marriage", "births", when=("married",)),
        work("travel", "marriage", when=("abroad",)),
        work("decide", "travel", "births"),
    ),
)


def test_a_condition_wants_every_question_and_any_of_its_choices() -> None:
    condition = {"married": ("yes",), "who": ("mother", "father")}
    assert holds({}, {})
    assert holds(condition, {"married": "yes", "who": "father", "more": "x"})
    assert not holds(condition, {"married": "yes"})
    assert not holds(condition, {"married": "no", "who": "father"})


def test_a_question_is_asked_once() -> None:
    assert asked(("who", "married"), ("married", "area"), ()) == ("who", "married", "area")


def test_answers_make_situations_and_situations_make_the_form_and_the_materials() -> None:
    assert situations_of(HOUSEHOLD, {"certificate": "no", "place": "abroad"}) == {"abroad"}
    assert situations_of(HOUSEHOLD, {"certificate": "yes", "place": "abroad"}) == {"married", "abroad"}
    plain, both = frozenset[str](), frozenset({"married", "abroad"})
    assert [part.element for part in needed_elements(HOUSEHOLD, plain)] == ["child"]
    assert [part.element for part in needed_elements(HOUSEHOLD, both)] == ["child", "father", "visa"]
    assert [need.material for need in needed_materials(HOUSEHOLD, plain)] == ["M-ID"]
    assert [need.material for need in needed_materials(HOUSEHOLD, frozenset({"abroad"}))] == [
        "M-BOOK",
        "M-ID",
    ]


def test_whoever_waited_for_a_work_that_falls_away_waits_for_what_that_one_waited_for() -> None:
    assert [(kept.key, kept.after) for kept in needed_works(HOUSEHOLD, frozenset())] == [
        ("births", ()),
        ("decide", ("births",)),
    ]
    assert [(kept.key, kept.after) for kept in needed_works(HOUSEHOLD, frozenset({"abroad"}))] == [
        ("births", ()),
        ("travel", ("births",)),
        ("decide", ("travel", "births")),
    ]


@st.composite
def orders(draw: st.DrawFn) -> tuple[Item, frozenset[str]]:
    size = draw(st.integers(1, 7))
    works = tuple(
        work(
            f"w{number}",
            *(f"w{earlier}" for earlier in sorted(draw(st.sets(st.integers(0, number - 1)) if number else st.just(set())))),
            when=draw(st.sampled_from([(), ("a",), ("b",)])),
        )
        for number in range(size)
    )  # fmt: skip
    return replace(HOUSEHOLD, works=works), draw(st.frozensets(st.sampled_from("ab")))


def before(works: tuple[Work, ...]) -> dict[str, set[str]]:
    """For each work, all that come before it."""
    found: dict[str, set[str]] = {}
    for each in works:
        found[each.key] = set(each.after).union(*(found[earlier] for earlier in each.after))
    return found


@given(orders())
def test_dropping_works_never_changes_the_order_of_the_others(drawn: tuple[Item, frozenset[str]]) -> None:
    item, situations = drawn
    kept = needed_works(item, situations)
    keys = {each.key for each in kept}
    everything = before(item.works)
    assert before(kept) == {key: everything[key] & keys for key in keys}


def test_an_item_named_twice_is_there_when_either_holds() -> None:
    bundle = Bundle("b", "", "", "", "civil", ("person",), (), ("x", "y"), (
        BundleItem("always"), BundleItem("either", {"x": ("yes",)}), BundleItem("either", {"y": ("yes",)})))  # fmt: skip
    assert items_of(bundle, {"x": "no", "y": "no"}) == ("always",)
    assert items_of(bundle, {"x": "no", "y": "yes"}) == ("always", "either")
    assert items_of(bundle, {"x": "yes", "y": "yes"}) == ("always", "either")


def test_an_element_is_filled_from_what_the_answers_say() -> None:
    element = Element(
        "经营者",
        "shop",
        "name",
        fill=(Fill("enterprise.legal_person"), Fill("person.name", {"own": ("yes",)})),
    )
    assert fill_sources(element, {}) == ("enterprise.legal_person",)
    assert fill_sources(element, {"own": "yes"}) == ("enterprise.legal_person", "person.name")
