"""SM2 at the province's edge, by the examples of the standard (GB/T 32918.5-2017, annexes A and C)."""

from __future__ import annotations

from pathlib import Path

import pytest
from gmalg import SM2
from gmalg.errors import GMError

from banshi.adapters.province_platform.sm2 import Sm2, private_key, public_key, seal, signature

PRIVATE = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
PUBLIC = (
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
CHANCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
SIGNED = (
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)
SEALED = (
    "0404ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"
    "e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
    "59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"
    "21886ca989ca9c7d58087307ca93092d651efa"
)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "province.key"
    file.write_text(PRIVATE + "\n")
    file.chmod(0o600)
    return file


def adapter(key: Path, **more: str) -> Sm2:
    return Sm2(key_file=str(key), platform_key=PUBLIC, app_mark="MARK", app_word="WORD", **more)


def opened(text: str) -> str:
    found: bytes = SM2(bytes.fromhex(PRIVATE)).decrypt(bytes.fromhex(text))
    return found.decode()


def signs(text: str, signed: str) -> bool:
    raw = bytes.fromhex(signed)
    by = SM2(pk=bytes.fromhex(PUBLIC), uid=b"1234567812345678")
    return bool(by.verify(text.encode(), raw[:32], raw[32:]))


def test_the_signature_of_the_standard() -> None:
    by = SM2(bytes.fromhex(PRIVATE), b"1234567812345678", rnd_fn=lambda _: CHANCE)
    assert signature(by, "message digest") == SIGNED


def test_the_sealed_text_of_the_standard() -> None:
    to = SM2(pk=public_key(PUBLIC), rnd_fn=lambda _: CHANCE)
    assert seal(to, "encryption standard") == SEALED


def test_fields_are_sealed_for_the_platform_alone_and_empty_ones_stay_empty(key: Path) -> None:
    own = adapter(key)
    assert opened(own.protect("userName", "李秀英")) == "李秀英"
    assert own.protect("userName", "李秀英") != own.protect("userName", "李秀英")
    assert own.protect("userName", "") == ""


def test_a_sealed_text_that_was_changed_does_not_open(key: Path) -> None:
    sealed = adapter(key).protect("userName", "李秀英")
    with pytest.raises(GMError):
        opened(sealed[:-2] + f"{int(sealed[-2:], 16) ^ 1:02x}")


def test_what_is_signed_is_the_time_with_mark_and_word(key: Path) -> None:
    signed = adapter(key).sign("1772413200000")
    assert len(signed) == 128
    assert signs("1772413200000MARKWORD", signed)
    assert not signs("1772413200001MARKWORD", signed)


def test_platforms_that_call_a_sealed_text_a_signature_get_one(key: Path) -> None:
    assert opened(adapter(key, sign="sealed").sign("1772413200000")) == "1772413200000MARKWORD"


def test_a_record_is_sealed_as_a_whole_where_that_is_wanted(key: Path) -> None:
    assert adapter(key).enclose('{"pf":"二维码"}') == '{"pf":"二维码"}'
    assert opened(adapter(key, whole="yes").enclose('{"pf":"二维码"}')) == '{"pf":"二维码"}'


@pytest.mark.parametrize(
    "digits", ["", "04", "zz", PUBLIC[:-2] + "14", "04" + "00" * 64, "02" + PUBLIC[2:66]]
)
def test_what_is_no_point_of_the_curve_is_no_key(digits: str) -> None:
    with pytest.raises(ValueError, match="platform_key"):
        public_key(digits)


@pytest.mark.parametrize("content", ["", "00" * 32, "ff" * 32, PRIVATE[2:], "钥匙"])
def test_what_is_no_private_key_is_told_without_telling_it(tmp_path: Path, content: str) -> None:
    file = tmp_path / "k"
    file.write_text(content, "utf-8")
    file.chmod(0o600)
    with pytest.raises(ValueError, match="key_file") as error:
        private_key(file)
    assert not content or content not in str(error.value)


def test_a_private_key_that_others_may_read_is_refused(key: Path) -> None:
    key.chmod(0o640)
    with pytest.raises(ValueError, match="chmod 600"):
        private_key(key)


def test_other_words_in_the_configuration_are_refused(key: Path) -> None:
    with pytest.raises(ValueError, match="sealed"):
        adapter(key, sign="seald")
