"""Numbers: real ones pass, mistyped ones are caught and told apart, no message repeats a personal number."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from banshi.kernel.ids import (
    ALPHANUMERIC,
    DIGITS,
    USCC_ALPHABET,
    BadId,
    BasicCode,
    CaseNumber,
    CertificateId,
    ImplementationCode,
    ResidentId,
    Sex,
    case_number,
    mod37_36,
    parse_organisation_code,
    parse_uscc,
    tidy,
    uscc_check_char,
    valid_basic_code,
    valid_case_number,
    valid_certificate_id,
    valid_implementation_code,
    valid_mod37_36,
    valid_organisation_code,
    valid_resident_id,
    valid_uscc,
)

REAL_USCC = [
    "11440100007482575H",
    "11370800MB28559184",
    "11100000000013338W",
    "11330105002500287C",
    "11430000006122244L",
    "11511301008778183N",
]
REAL_CERTIFICATES = [
    "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
    "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
    "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
]
LI = "11010519491231002X"  # the two examples printed in GB 11643-1999
ZHAO = "440524188001010014"


def full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


def swap(text: str, place: int) -> str:
    """The text with the characters at place and place + 1 exchanged."""
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def change(text: str, place: int, char: str) -> str:
    """The text with another character at that place."""
    assume(text[place] != char)
    return text[:place] + char + text[place + 1 :]


def joined(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map("".join)


def some(alphabet: str, size: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=size, max_size=size)


USCC = joined(some(USCC_ALPHABET, 2), some(DIGITS, 6), some(USCC_ALPHABET, 9)).map(
    lambda body: body + uscc_check_char(body)
)
BIRTHDAYS = st.dates(date(1900, 1, 1), date(2026, 12, 31)).map(lambda day: f"{day:%Y%m%d}")
RESIDENT_BODIES = joined(some("123456", 1), some(DIGITS, 5), BIRTHDAYS, some(DIGITS, 3))


def resident_check(body: str) -> str:
    """Found by trial, so that the tests do not share the arithmetic."""
    return next(char for char in "0123456789X" if valid_resident_id(body + char))


# What people type


def test_full_width_spaces_and_small_letters_are_read_as_meant() -> None:
    assert tidy(f" {full_width('11440100')}\u3000007482575h\u200b\n") == "11440100007482575H"
    assert parse_uscc(full_width("11440100007482575h")) == "11440100007482575H"
    assert ResidentId.parse("110105 19491231 002x").number == LI


@pytest.mark.parametrize("text", ["", "１", "abc", "公民", "\u0661" * 18, "²" * 18, LI * 2])
def test_anything_typed_gets_an_answer(text: str) -> None:
    for valid in (
        valid_uscc,
        valid_resident_id,
        valid_organisation_code,
        valid_certificate_id,
        valid_case_number,
        valid_basic_code,
        valid_implementation_code,
    ):
        assert valid(text) is False


# 统一社会信用代码, 组织机构代码


@pytest.mark.parametrize("code", REAL_USCC)
def test_real_social_credit_codes_pass(code: str) -> None:
    assert valid_uscc(code)
    assert uscc_check_char(code[:17]) == code[17]


@pytest.mark.parametrize("code", REAL_USCC)
def test_the_organisation_code_inside_a_social_credit_code_checks_too(code: str) -> None:
    assert valid_organisation_code(code[8:17])
    assert parse_organisation_code(f"{code[8:16]}-{code[16]}") == code[8:17]


def test_the_example_of_gb_11714() -> None:
    assert parse_organisation_code("d2143569-x") == "D2143569X"
    assert not valid_organisation_code("D21435690")


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("1144010000748257H", "应为18位，现为17位", "18 characters, this has 17"),
        ("1144010000748257OH", "第17位的字符", "Character 17"),  # the letter O for a zero
        ("11A40100007482575H", "第3位的字符", "Character 3"),  # a region is digits
        ("11440100007482575J", "校验位", "check character"),
    ],
)
def test_what_is_wrong_with_a_social_credit_code_is_named(text: str, zh: str, en: str) -> None:
    with pytest.raises(BadId) as caught:
        parse_uscc(text)
    assert "统一社会信用代码" in caught.value.zh and zh in caught.value.zh
    assert "social credit code" in caught.value.en and en in caught.value.en
    assert str(caught.value) == f"{caught.value.zh} / {caught.value.en}"


@given(USCC, st.integers(0, 17), st.sampled_from(USCC_ALPHABET))
def test_one_wrong_character_in_a_social_credit_code_is_caught(code: str, place: int, char: str) -> None:
    assert valid_uscc(code)
    assert not valid_uscc(change(code, place, char))


@given(USCC, st.integers(0, 16))
def test_swapped_neighbours_in_a_social_credit_code_are_caught(code: str, place: int) -> None:
    assume(code[place] != code[place + 1])
    assert not valid_uscc(swap(code, place))


@given(some(DIGITS, 8), st.integers(0, 8), st.sampled_from(DIGITS))
def test_one_wrong_digit_or_swap_in_an_organisation_code_is_caught(body: str, place: int, digit: str) -> None:
    """For digits; letters repeat modulo 11, where GB 11714 promises nothing."""
    code = next(body + check for check in "0123456789X" if valid_organisation_code(body + check))
    assert not valid_organisation_code(change(code, place, digit))
    for left in range(7 if code[8] == "X" else 8):  # an X moved into the body would be a letter
        assert code[left] == code[left + 1] or not valid_organisation_code(swap(code, left))


# 公民身份号码


def test_the_examples_of_gb_11643_tell_birth_sex_and_region() -> None:
    li, zhao = ResidentId.parse(LI), ResidentId.parse(ZHAO)
    assert (li.region6, li.born_on, li.sex, li.check) == ("110105", date(1949, 12, 31), Sex.FEMALE, "X")
    assert (zhao.region6, zhao.born_on, zhao.sex, zhao.check) == (
        "440524",
        date(1880, 1, 1),
        Sex.MALE,
        "4",
    )


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("110105491231002", "应为18位，现为15位", "18 characters, this has 15"),
        ("1101051949123100ZX", "第17位的字符", "Character 17"),
        ("01010519491231002X", "第1位的字符", "Character 1"),
        ("11010519490229002X", "日期不存在", "date"),  # 1949 was no leap year
        ("11010502491231002X", "日期不存在", "date"),
        ("110105194912310021", "校验位", "check character"),
    ],
)
def test_what_is_wrong_with_a_resident_number_is_named_without_repeating_it(
    text: str, zh: str, en: str
) -> None:
    with pytest.raises(BadId) as caught:
        ResidentId.parse(text)
    assert zh in caught.value.zh and en in caught.value.en
    assert not re.search(r"\d{4}", str(caught.value))
    assert caught.value.__cause__ is None


def test_a_resident_number_never_prints_itself() -> None:
    li = ResidentId.parse(LI)
    for shown in (repr(li), str(li), f"{li}", repr([li])):
        assert LI not in shown and "1949" not in shown


@given(RESIDENT_BODIES, st.integers(0, 17), st.sampled_from(DIGITS + "X"))
def test_one_wrong_character_in_a_resident_number_is_caught(body: str, place: int, char: str) -> None:
    assert not valid_resident_id(change(body + resident_check(body), place, char))


@given(RESIDENT_BODIES, st.integers(0, 16))
def test_swapped_neighbours_in_a_resident_number_are_caught(body: str, place: int) -> None:
    number = body + resident_check(body)
    assume(number[place] != number[place + 1])
    assert not valid_resident_id(swap(number, place))


# 证照标识 and ISO 7064


@pytest.mark.parametrize("identifier", REAL_CERTIFICATES)
def test_real_certificate_identifiers_pass_and_are_written_back(identifier: str) -> None:
    assert valid_certificate_id(identifier)
    assert str(CertificateId.parse(identifier)) == identifier
    assert CertificateId.parse(full_width(identifier.lower())) == CertificateId.parse(identifier)
    body = identifier.removeprefix("1.2.156.3005.2.").replace(".", "")
    assert mod37_36(body[:-1]) == body[-1] and valid_mod37_36(body)


def test_a_certificate_identifier_is_built_from_its_parts() -> None:
    built = CertificateId.build("11100000000013338w009", "11330105002500287C", "2025052201", version=2)
    assert str(built) == REAL_CERTIFICATES[0]
    assert (built.version, built.check) == ("002", "0")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (REAL_CERTIFICATES[0][:-1] + "1", "证照标识的校验位"),
        (REAL_CERTIFICATES[0].replace("1.2.156.3005.2", "1.2.156.3005.1"), "开头"),
        (REAL_CERTIFICATES[0].replace(".002", ""), "5段"),
        (REAL_CERTIFICATES[0].replace("338W009", "338W09"), "证照类型代码应为21位"),
        (REAL_CERTIFICATES[0].replace("338W009", "338X009"), "证照类型代码的校验位"),
        (REAL_CERTIFICATES[2].replace("340100", "34010"), "颁发机构代码应为6–18位"),
        (REAL_CERTIFICATES[2].replace("000000016", "00000-016"), "证照流水号第6位"),
        (REAL_CERTIFICATES[2].replace("000000016", ""), "证照流水号应为1–32位"),
        (REAL_CERTIFICATES[2].replace(".001.", ".01A."), "证照版本号第3位"),
    ],
)
def test_the_wrong_part_of_a_certificate_identifier_is_named(text: str, said: str) -> None:
    with pytest.raises(BadId, match=re.escape(said)):
        CertificateId.parse(text)
    assert not valid_certificate_id(text)


def test_a_version_beyond_three_digits_is_refused() -> None:
    with pytest.raises(BadId, match="证照版本号"):
        CertificateId.build("11100000000013338W009", "340100", "1", version=1000)


def test_mod_37_36_agrees_with_another_scheme_that_uses_it() -> None:
    """The Global Release Identifier's published example, A1-2425G-ABC1234002-M."""
    assert mod37_36("A12425GABC1234002") == "M"
    assert not valid_mod37_36("") and not valid_mod37_36("M") and not valid_mod37_36("A-1")


@given(st.text(ALPHANUMERIC, min_size=1, max_size=40), st.data())
def test_mod_37_36_catches_one_wrong_character(body: str, data: st.DataObject) -> None:
    checked = body + mod37_36(body)
    place, char = data.draw(st.integers(0, len(body))), data.draw(st.sampled_from(ALPHANUMERIC))
    assert valid_mod37_36(checked)
    assert not valid_mod37_36(change(checked, place, char))


# 办件编号


def test_a_case_number_carries_region_day_and_serial() -> None:
    number = case_number("370704", date(2026, 3, 9), 42)
    assert re.fullmatch(r"3707042026030900000042\d", number)
    assert CaseNumber.parse(full_width(number)) == CaseNumber("370704", date(2026, 3, 9), 42)
    assert str(CaseNumber.parse(number)) == number


CASES = st.builds(case_number, some(DIGITS, 6), st.dates(), st.integers(0, 99_999_999))


@given(CASES, st.integers(0, 22), st.sampled_from(DIGITS))
def test_one_wrong_digit_in_a_case_number_is_caught(number: str, place: int, digit: str) -> None:
    assert valid_case_number(number)
    assert not valid_case_number(change(number, place, digit))


def test_the_check_digit_of_a_case_number_is_iso_7064_mod_11_10() -> None:
    """As the standard verifies: P = 10; add, mod 10 (0 is 10), double, mod 11; the last sum is 1."""
    digits = [int(char) for char in case_number("370704", date(2026, 3, 9), 42)]
    product = 10
    for digit in digits[:-1]:
        product = ((product + digit) % 10 or 10) * 2 % 11
    assert (product + digits[-1]) % 10 == 1


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: case_number("3707", date(2026, 3, 9), 1), "行政区划代码应为6位，现为4位"),
        (lambda: case_number("37070X", date(2026, 3, 9), 1), "行政区划代码第6位"),
        (lambda: case_number("370704", date(2026, 3, 9), 100_000_000), "应为23位，现为24位"),
        (lambda: case_number("370704", date(2026, 3, 9), -1), "第15位"),
        (lambda: CaseNumber.parse("37070420260230000000421"), "日期不存在"),
        (lambda: CaseNumber.parse("3707042026030900000042"), "应为23位，现为22位"),
    ],
)
def test_what_is_wrong_with_a_case_number_is_named(make: Callable[[], object], said: str) -> None:
    with pytest.raises(BadId, match=said):
        make()


# 事项编码


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("000131017000", ("00", "01", "31", "017", "000")),
        ("000524021000", ("00", "05", "24", "021", "000")),
        ("210122010000", ("21", "01", "22", "010", "000")),
        ("212011084000", ("21", "20", "11", "084", "000")),
        ("00011510100Y", ("00", "01", "15", "101", "00Y")),
    ],
)
def test_real_basic_codes(code: str, parts: tuple[str, ...]) -> None:
    basic = BasicCode.parse(code.lower())
    assert (basic.region, basic.kind, basic.department, basic.item, basic.sub) == parts
    assert str(basic) == code


@given(st.one_of(some(ALPHANUMERIC, 12), joined(some("0123456789", 11), some(ALPHANUMERIC, 1))))
def test_basic_codes_follow_the_published_pattern(text: str) -> None:
    pattern = r"(00|[1-6][0-9])[0-9]{2}[0-9]{2}[0-9]{3}([0-9]{3}|[0-9]{2}[A-Z])"
    assert valid_basic_code(text) == bool(re.fullmatch(pattern, text))


@pytest.mark.parametrize(
    ("code", "authority", "basic"),
    [
        ("11440100007482575H3440118009000", "11440100007482575H", "440118009000"),
        ("11370800MB285591843370117002011", "11370800MB28559184", "370117002011"),
    ],
)
def test_real_implementation_codes(code: str, authority: str, basic: str) -> None:
    parsed = ImplementationCode.parse(f" {code} ")
    assert parsed == ImplementationCode(authority, "3", BasicCode.parse(basic))
    assert str(parsed) == code and valid_implementation_code(code)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("11440100007482575H344011800900", "实施编码应为31位，现为30位"),
        ("11440100007482575H9440118009000", "实施编码第19位"),
        ("11440100007482575J3440118009000", "统一社会信用代码的校验位"),
        ("11440100007482575H3090118009000", "基本编码前2位"),
    ],
)
def test_what_is_wrong_with_an_implementation_code_is_named(code: str, said: str) -> None:
    with pytest.raises(BadId, match=said):
        ImplementationCode.parse(code)
