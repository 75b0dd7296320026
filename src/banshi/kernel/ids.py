"""编号: the numbers that people, bodies, items, cases and certificates go by, and how to tell a mistyped one.

Every `parse` takes a number as it was typed (full-width, spaced, lower case) and returns its normal form or
its parts, or raises `BadId`; every `valid` answers yes or no. A number that passes is well formed; whether it
was ever issued is not known here, nor whether its region code exists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Self

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHANUMERIC = DIGITS + LETTERS
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z

_USCC_LAYOUT = (USCC_ALPHABET,) * 2 + (DIGITS,) * 6 + (USCC_ALPHABET,) * 10
_RESIDENT_LAYOUT = ("123456789",) + (DIGITS,) * 16 + (DIGITS + "X",)
_ORGANISATION_LAYOUT = (ALPHANUMERIC,) * 8 + (DIGITS + "X",)
_BASIC_LAYOUT = ("0123456",) + (DIGITS,) * 10 + (ALPHANUMERIC,)
_IMPLEMENTATION_LAYOUT = (*_USCC_LAYOUT, "1234567", *_BASIC_LAYOUT)
_CERTIFICATE_TYPE_LAYOUT = _USCC_LAYOUT + (DIGITS,) * 3
_CASE_LAYOUT = (DIGITS,) * 23

_CERTIFICATE_ROOT = "1.2.156.3005.2."
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF])
_UPPER = {ord(letter.lower()): letter for letter in LETTERS}


class BadId(ValueError):
    """编号有误: `zh` and `en` say what is wrong (length, character, date, check), never the number."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh, self.en = zh, en


class Sex(StrEnum):
    """性别: codes of GB/T 2261.1."""

    MALE = "1"
    FEMALE = "2"


class _Name(NamedTuple):
    """称呼: what messages call a number."""

    zh: str
    en: str

    def require(self, text: str, layout: Sequence[str], shortest: int | None = None) -> None:
        """Raises BadId unless the text has, place by place, one of the layout's characters."""
        longest = len(layout)
        shortest = longest if shortest is None else shortest
        if not shortest <= len(text) <= longest:
            size = str(longest) if shortest == longest else f"{shortest}–{longest}"
            raise BadId(
                f"{self.zh}应为{size}位，现为{len(text)}位，请核对。",
                f"The {self.en} has {size} characters, this has {len(text)}: check it.",
            )
        for place, (char, allowed) in enumerate(zip(text, layout, strict=False), start=1):
            if char not in allowed:
                raise BadId(
                    f"{self.zh}第{place}位的字符不对，请核对。",
                    f"Character {place} of the {self.en} cannot stand there: check it.",
                )

    def bad_check(self) -> BadId:
        return BadId(
            f"{self.zh}的校验位对不上，请逐位核对。",
            f"The check character of the {self.en} does not agree with the rest: check each character.",
        )

    def bad_date(self) -> BadId:
        return BadId(
            f"{self.zh}中的日期不存在，请核对。",
            f"The date inside the {self.en} does not exist: check it.",
        )


_USCC = _Name("统一社会信用代码", "unified social credit code")
_RESIDENT = _Name("公民身份号码", "resident identity number")
_ORGANISATION = _Name("组织机构代码", "organisation code")
_CERTIFICATE = _Name("证照标识", "certificate identifier")
_BASIC = _Name("基本编码", "basic item code")
_IMPLEMENTATION = _Name("实施编码", "implementation code")
_CASE = _Name("办件编号", "case number")
_CASE_REGION = _Name("办件编号的行政区划代码", "region code of the case number")
_TYPE = _Name("证照类型代码", "certificate type code")
_ISSUER = _Name("颁发机构代码", "issuer code")
_SERIAL = _Name("证照流水号", "certificate serial")
_VERSION = _Name("证照版本号", "certificate version")
_USCC_BODY = _Name("统一社会信用代码前17位", "unified social credit code without its check")
_CHECKED = _Name("带校验的编号", "number to check")


def tidy(text: str) -> str:
    """As the standards write it: ASCII for full-width, no spaces or invisible marks, upper case."""
    plain = text.translate(_FULL_WIDTH).translate(_INVISIBLE).translate(_UPPER)
    return "".join(plain.split())


# 统一社会信用代码, 组织机构代码


def uscc_check_char(first17: str) -> str:
    """The 18th character (GB 32100-2015: 3^i mod 31). Raises BadId for a wrong length or character."""
    text = tidy(first17)
    _USCC_BODY.require(text, _USCC_LAYOUT[:17])
    total = sum(USCC_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(text))
    return USCC_ALPHABET[-total % 31]


def parse_uscc(text: str) -> str:
    """The normal form of a 统一社会信用代码: 登记部门1 类别1 行政区划6 组织机构代码9 校验1. Raises BadId."""
    code = tidy(text)
    _USCC.require(code, _USCC_LAYOUT)
    if uscc_check_char(code[:17]) != code[17]:
        raise _USCC.bad_check()
    return code


def valid_uscc(text: str) -> bool:
    """Whether it is a well-formed 统一社会信用代码."""
    return _holds(parse_uscc, text)


def parse_organisation_code(text: str) -> str:
    """The nine characters of a 组织机构代码 (GB 11714), with or without its hyphen. Raises BadId."""
    code = tidy(text)
    if code[8:9] == "-":
        code = code[:8] + code[9:]
    _ORGANISATION.require(code, _ORGANISATION_LAYOUT)
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(ALPHANUMERIC.index(char) * weight for char, weight in zip(code[:8], weights, strict=True))
    if (DIGITS + "X")[-total % 11] != code[8]:
        raise _ORGANISATION.bad_check()
    return code


def valid_organisation_code(text: str) -> bool:
    """Whether it is a well-formed 组织机构代码."""
    return _holds(parse_organisation_code, text)


# 公民身份号码


@dataclass(frozen=True, slots=True, repr=False)
class ResidentId:
    """公民身份号码 (GB 11643-1999): the number and what it tells. Never prints itself.

    `region6` is the county where it was first issued, often one since renamed.
    """

    number: str
    region6: str
    born_on: date
    sex: Sex
    check: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises BadId for a wrong length, character, date of birth or check character."""
        number = tidy(text)
        _RESIDENT.require(number, _RESIDENT_LAYOUT)
        born_on = _day(number[6:14])
        if born_on is None or born_on.year < 1800:
            raise _RESIDENT.bad_date()
        total = sum(int(char) * pow(2, 17 - place, 11) for place, char in enumerate(number[:17]))
        check = (DIGITS + "X")[(1 - total) % 11]
        if check != number[17]:
            raise _RESIDENT.bad_check()
        sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
        return cls(number, number[:6], born_on, sex, check)


def valid_resident_id(text: str) -> bool:
    """Whether it is a well-formed 公民身份号码 of 18 characters."""
    return _holds(ResidentId.parse, text)


# ISO 7064 hybrid systems


def mod37_36(text: str) -> str:
    """The ISO 7064 MOD 37,36 check character of digits and letters. Raises BadId for others, or for none."""
    plain = tidy(text)
    _CHECKED.require(plain, (ALPHANUMERIC,) * max(len(plain), 1))
    return _hybrid(plain, ALPHANUMERIC)


def valid_mod37_36(text: str) -> bool:
    """Whether the last character is the MOD 37,36 check of those before it."""
    plain = tidy(text)
    return _holds(mod37_36, plain[:-1]) and mod37_36(plain[:-1]) == plain[-1]


def _hybrid(text: str, alphabet: str) -> str:
    """ISO 7064 MOD M+1,M: catches every single wrong character, and nearly every swap of neighbours."""
    size = len(alphabet)
    product = size
    for char in text:
        product = ((product + alphabet.index(char)) % size or size) * 2 % (size + 1)
    return alphabet[(1 - product) % size]


# 证照标识


@dataclass(frozen=True, slots=True)
class CertificateId:
    """证照标识 (GB/T 36904): `1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>`; `str()` writes it.

    `type_code`: the defining authority's 统一社会信用代码 and 3 digits. `issuer_code`: 6–18 characters,
    normally the issuer's 统一社会信用代码. `serial`: 1–32 digits and capitals. `version`: 3 digits.
    """

    type_code: str
    issuer_code: str
    serial: str
    version: str

    def __post_init__(self) -> None:
        _TYPE.require(self.type_code, _CERTIFICATE_TYPE_LAYOUT)
        if not valid_uscc(self.type_code[:18]):
            raise _TYPE.bad_check()
        _ISSUER.require(self.issuer_code, (ALPHANUMERIC,) * 18, shortest=6)
        _SERIAL.require(self.serial, (ALPHANUMERIC,) * 32, shortest=1)
        _VERSION.require(self.version, (DIGITS,) * 3)

    @classmethod
    def build(cls, type_code: str, issuer_code: str, serial: str, version: int = 1) -> Self:
        """A new identifier; its parts are tidied first. Raises BadId naming the part that is wrong."""
        return cls(tidy(type_code), tidy(issuer_code), tidy(serial), f"{version:03}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises BadId naming the part that is wrong, or the check character."""
        identifier = tidy(text)
        parts = identifier.removeprefix(_CERTIFICATE_ROOT).split(".")
        if not identifier.startswith(_CERTIFICATE_ROOT) or len(parts) != 5:
            raise BadId(
                f"证照标识应以{_CERTIFICATE_ROOT}开头，后接由点分开的5段，请核对。",
                f"A certificate identifier is {_CERTIFICATE_ROOT} and 5 parts between dots: check it.",
            )
        made = cls(*parts[:4])
        if made.check != parts[4]:
            raise _CERTIFICATE.bad_check()
        return made

    @property
    def check(self) -> str:
        """MOD 37,36 over the four parts without their dots."""
        return mod37_36(self.type_code + self.issuer_code + self.serial + self.version)

    def __str__(self) -> str:
        parts = (self.type_code, self.issuer_code, self.serial, self.version, self.check)
        return _CERTIFICATE_ROOT + ".".join(parts)


def valid_certificate_id(text: str) -> bool:
    """Whether it is a well-formed 证照标识."""
    return _holds(CertificateId.parse, text)


# 办件编号


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """办件编号: county's region code 6, day 8, serial of that day 8, check 1 (ISO 7064 MOD 11,10)."""

    region_code: str
    on: date
    serial: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises BadId for a wrong length, character, date or check digit."""
        number = tidy(text)
        _CASE.require(number, _CASE_LAYOUT)
        on = _day(number[6:14])
        if on is None:
            raise _CASE.bad_date()
        if _hybrid(number[:22], DIGITS) != number[22]:
            raise _CASE.bad_check()
        return cls(number[:6], on, int(number[14:22]))

    def __str__(self) -> str:
        return case_number(self.region_code, self.on, self.serial)


def case_number(region_code: str, on: date, serial: int) -> str:
    """The 23 digits of a 办件编号. Raises BadId for a region code not of 6 digits or a serial beyond 8."""
    body = f"{region_code}{on.isoformat().replace('-', '')}{serial:08}"
    _CASE_REGION.require(region_code, (DIGITS,) * 6)
    _CASE.require(body + "0", _CASE_LAYOUT)
    return body + _hybrid(body, DIGITS)


def valid_case_number(text: str) -> bool:
    """Whether it is a well-formed 办件编号."""
    return _holds(CaseNumber.parse, text)


# 事项编码


@dataclass(frozen=True, slots=True)
class BasicCode:
    """基本编码 (GB/T 39554.1-2020): one item of a catalogue, 12 characters; `str()` writes them.

    `region`: 00 for a national item, else the province. `kind`: 01 行政许可, 20 公共服务 and so on.
    `sub`: 000 without sub-items; may end in a letter (national licence list).
    """

    region: str
    kind: str
    department: str
    item: str
    sub: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises BadId for a wrong length or character."""
        code = tidy(text)
        _BASIC.require(code, _BASIC_LAYOUT)
        if code[0] == "0" and code[1] != "0":
            raise BadId(
                "基本编码前2位应为00或省级代码，请核对。",
                "A basic item code begins with 00 or a province: check it.",
            )
        return cls(code[:2], code[2:4], code[4:6], code[6:9], code[9:])

    def __str__(self) -> str:
        return self.region + self.kind + self.department + self.item + self.sub


@dataclass(frozen=True, slots=True)
class ImplementationCode:
    """实施编码 (GB/T 39554.1-2020): 统一社会信用代码 of the authority 18, its level 1, 基本编码 12.

    `level`: 行使层级, 1 national, 2 province, 3 city, 4 county, 5 town, 6 village, 7 shared between levels.
    """

    authority: str
    level: str
    basic: BasicCode

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises BadId for a wrong length or character, or a wrong check in the authority's code."""
        code = tidy(text)
        _IMPLEMENTATION.require(code, _IMPLEMENTATION_LAYOUT)
        return cls(parse_uscc(code[:18]), code[18], BasicCode.parse(code[19:]))

    def __str__(self) -> str:
        return f"{self.authority}{self.level}{self.basic}"


def valid_basic_code(text: str) -> bool:
    """Whether it is a well-formed 基本编码."""
    return _holds(BasicCode.parse, text)


def valid_implementation_code(text: str) -> bool:
    """Whether it is a well-formed 实施编码."""
    return _holds(ImplementationCode.parse, text)


def _day(yyyymmdd: str) -> date | None:
    try:
        return date(int(yyyymmdd[:4]), int(yyyymmdd[4:6]), int(yyyymmdd[6:]))
    except ValueError:
        return None


def _holds(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except BadId:
        return False
    return True
