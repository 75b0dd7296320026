"""Certificates: numbering, validity, who may, what the public sees, and the fold."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banshi.contexts.certificates import events, rules
from banshi.contexts.certificates.values import CertificateKind, CertificateState, Holder, Standing, Status
from banshi.kernel.actors import ANONYMOUS, SYSTEM, Actor, Post
from banshi.kernel.facts import Fact, NotFound, Refused, fold
from banshi.kernel.ids import BadId, CertificateId, uscc_check_char, valid_resident_id, valid_uscc

OFFICE = "350502-market"
CHEN = UUID(int=1)
FOOD = CertificateKind("food_licence", "食品经营许可证", "11100000000013338W009", 60, "JY2")
SHOP_USCC = "92350503MA0000000" + uscc_check_char("92350503MA0000000")
SHOP = Holder("泉州市鲤城区老陈面线糊店", SHOP_USCC)
SERIAL = "7K3M9Q2XVD7K3M9Q2XVD"
ON = date(2026, 11, 26)

chen = Actor("citizen", "chen", parties=frozenset({str(CHEN)}))
stranger = Actor("citizen", "stranger", parties=frozenset({str(UUID(int=9))}))


def staff(kind: str, office: str = OFFICE) -> Actor:
    return Actor("staff", kind, held=(Post(kind, office, "350502"),))


officer, approver, clerk = staff("officer"), staff("approver"), staff("window_clerk")
zhao = staff("approver", "350502-education")


def issued(**changes: Any) -> list[Fact]:
    usual: dict[str, Any] = {
        "id": UUID(int=2),
        "region": "350502",
        "case": UUID(int=3),
        "party": CHEN,
        "holder": SHOP,
        "type": FOOD,
        "office": OFFICE,
        "issuer": "11440100007482575H",
        "issued_on": ON,
        "serial": SERIAL,
        "number_serial": 127,
        "digest": "d",
    }
    return rules.issue(**(usual | changes))


def state(*facts: Fact) -> CertificateState:
    found = fold(rules.evolve, None, [*issued(), *facts])
    assert found is not None
    return found


# Numbers


def test_a_certificate_has_the_national_identifier_of_its_type_and_issuer() -> None:
    identifier = CertificateId.parse(state().identifier)
    assert identifier == CertificateId("11100000000013338W009", "11440100007482575H", SERIAL, "001")


def test_its_number_names_type_county_and_year() -> None:
    assert state().number == "JY2350502202600000127"


def test_an_office_without_a_credit_code_cannot_issue() -> None:
    for wrong in ("", "350502", "11440100007482575J"):
        with pytest.raises(Refused, match="统一社会信用代码"):
            issued(issuer=wrong)


def test_a_type_code_that_is_none_is_told_apart() -> None:
    with pytest.raises(BadId, match="证照类型代码"):
        issued(type=CertificateKind("food_licence", "食品经营许可证", "JY2"))


def test_nobody_gets_a_certificate_without_a_name() -> None:
    with pytest.raises(Refused, match="姓名"):
        issued(holder=Holder(" ", SHOP_USCC))


def test_facts_hold_no_personal_data() -> None:
    assert SHOP.name not in repr(issued()) and SHOP.number not in repr(issued())


# Validity


@pytest.mark.parametrize(
    ("from_on", "months", "last"),
    [
        (date(2026, 11, 26), 60, date(2031, 11, 25)),
        (date(2026, 12, 1), 1, date(2026, 12, 31)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),  # no 31 February: its last day
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2025, 12, 1), 12, date(2026, 11, 30)),
    ],
)
def test_validity_ends_the_day_before_the_same_day(from_on: date, months: int, last: date) -> None:
    assert rules.valid_until(from_on, months) == last


def test_without_months_there_is_no_end() -> None:
    assert rules.valid_until(ON, 0) is None
    assert state().standing(date(9999, 12, 31)) is Standing.EXPIRED
    endless = rules.evolve(None, issued(type=CertificateKind("id", "证", FOOD.code))[0])
    assert endless.standing(date(9999, 12, 31)) is Standing.VALID


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(1, 600))
def test_validity_is_never_longer_than_its_months_nor_shorter_by_more_than_a_month_end(
    from_on: date, months: int
) -> None:
    last = rules.valid_until(from_on, months)
    assert last is not None and last >= from_on
    after = last + timedelta(days=1)
    passed = (after.year - from_on.year) * 12 + after.month - from_on.month
    if from_on.day <= 28:
        assert (passed, after.day) == (months, from_on.day)
    else:
        assert (passed, after.day) in {(months, from_on.day), (months + 1, 1)}


def test_it_is_valid_through_its_last_day_and_not_after() -> None:
    last = date(2031, 11, 25)
    assert state().standing(last) is Standing.VALID
    assert state().standing(last + timedelta(days=1)) is Standing.EXPIRED


# Revoking


REASONS = UUID(int=7)


def revocation(before: CertificateState, actor: Actor, text: UUID | None = REASONS) -> list[Fact]:
    return rules.revoke(before, on=date(2027, 1, 4), text=text, digest="d", actor=actor)


def test_an_approver_revokes_with_reasons_once() -> None:
    facts = revocation(state(), approver)
    assert [fact.kind for fact in facts] == [events.REVOKED]
    after = state(*facts)
    assert (after.status, after.revoked_on, after.reason) == (Status.REVOKED, date(2027, 1, 4), REASONS)
    assert after.standing(ON) is Standing.REVOKED
    assert revocation(after, approver) == []


def test_a_revoked_certificate_is_revoked_even_when_it_has_expired_too() -> None:
    assert state(*revocation(state(), SYSTEM)).standing(date(2040, 1, 1)) is Standing.REVOKED


def test_revoking_without_reasons_is_for_a_revoked_case_only() -> None:
    with pytest.raises(Refused) as refused:
        revocation(state(), approver, None)
    assert (refused.value.rule, refused.value.article) == ("words_needed", "行政许可法第六十九条")
    assert revocation(state(), SYSTEM, None)


def test_who_may_not_revoke() -> None:
    for actor in (officer, clerk, chen):
        with pytest.raises(Refused, match="审批负责人"):
            revocation(state(), actor)
    for actor in (zhao, stranger, ANONYMOUS):
        with pytest.raises(NotFound):
            revocation(state(), actor)


# Who may issue, who may see


def test_the_platform_and_the_issuing_office_issue() -> None:
    for actor in (SYSTEM, officer, approver):
        rules.permit_issue(OFFICE, actor)
    for actor in (zhao, clerk, chen, ANONYMOUS):
        with pytest.raises(Refused, match="颁发机构"):
            rules.permit_issue(OFFICE, actor)


def test_holder_and_issuing_office_see_it_and_nobody_else() -> None:
    assert all(rules.may_see(state(), actor) for actor in (chen, officer, approver, clerk, SYSTEM))
    assert not any(rules.may_see(state(), actor) for actor in (zhao, stranger, ANONYMOUS))
    assert not rules.may_see(state(), staff("auditor"))


# What the public sees


@pytest.mark.parametrize(
    ("name", "number", "shown"),
    [
        ("张三", "11010519491231002X", "张*"),
        ("张小三", "11010519491231002X", "张*三"),
        (SHOP.name, SHOP.number, SHOP.name),
        ("张三", "", "张*"),  # a newborn has no number yet
        ("Li", "E12345678", "L*"),
    ],
)
def test_a_persons_name_is_masked_and_a_firms_is_not(name: str, number: str, shown: str) -> None:
    assert rules.public_name(name, number) == shown


def test_a_number_that_could_be_both_counts_as_a_persons() -> None:
    both = next(
        number
        for n in range(1000)
        for check in "0123456789X"
        if valid_resident_id(number := f"11010519491231{n:03}{check}") and valid_uscc(number)
    )
    assert not rules.is_firm(both)


def test_what_was_typed_is_read_as_meant() -> None:
    identifier = state().identifier
    full_width = "".join(chr(ord(char) + 0xFEE0) for char in identifier)
    for typed in (identifier.lower(), f" {identifier} ", full_width, identifier.replace(".", "。")):
        assert str(rules.sought(typed)) == identifier
    assert rules.sought(" jy2 3505 0220 2600 000127") == state().number


@given(st.integers(15, 81), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_a_mistyped_identifier_is_never_taken_for_another(place: int, char: str) -> None:
    identifier = state().identifier
    wrong = identifier[:place] + char + identifier[place + 1 :]
    if wrong != identifier:
        with pytest.raises(BadId):
            rules.sought(wrong)


# The fold


def test_it_is_printed_once() -> None:
    facts = rules.rendered(state(), "f" * 64)
    assert state(*facts).file == "f" * 64
    assert rules.rendered(state(*facts), "e" * 64) == []


def test_a_stream_begins_with_its_issue() -> None:
    with pytest.raises(ValueError, match="starts with"):
        rules.evolve(None, Fact(events.RENDERED, {"file": ""}))


def test_each_fact_is_counted() -> None:
    first = state()
    second = state(*rules.rendered(first, "f"))
    third = rules.evolve(second, revocation(second, approver)[0])
    assert [one.seq for one in (first, second, third)] == [1, 2, 3]
