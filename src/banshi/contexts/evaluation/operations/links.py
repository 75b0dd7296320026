"""评价凭码: a signed code for one service of one case, printed as a QR code or sent by SMS; and one that makes a device of a window.

A code is region, case, service, channel and last day, with half of a keyed digest behind it; it holds nothing personal, serves
no other purpose and needs no table. Keys live outside the database.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from datetime import date
from uuid import UUID

from banshi.contexts.evaluation.values import Channel, Link
from banshi.infra import crypto
from banshi.kernel.facts import Refused

_BODY = struct.Struct(">6s16sBBI")
_CHANNELS = (Channel.QR_CODE, Channel.SMS, Channel.TERMINAL)
_SIGNED = 16  # bytes of the digest
_LINK, _DEVICE = "review link", "review device"


class BadLink(Refused):
    """评价码无效: forged, damaged, or its days are over."""

    def __init__(self, *, expired: bool = False) -> None:
        super().__init__(
            "link_expired" if expired else "link_forged",
            "这个评价码已经过期。登录后在“我的办件”里仍然可以评价。"
            if expired
            else "这个评价码不对，请重新扫码，或者登录后在“我的办件”里评价。",
            "This code has expired; sign in and rate it under 'My matters'."
            if expired
            else "This is no valid code; scan it again, or sign in and rate it under 'My matters'.",
        )


def link_of(found: Link) -> str:
    """The code: 60 characters of the URL-safe alphabet. ValueError for a channel that has none."""
    body = _BODY.pack(
        found.region.encode(),
        found.case.bytes,
        found.assess_number,
        _CHANNELS.index(found.channel),
        found.until_on.toordinal(),
    )
    return _signed(body, _LINK)


def open_link(code: str, on: date) -> Link:
    """What a code stands for. Raises `BadLink`."""
    body = _body(code, _LINK)
    if len(body) != _BODY.size:
        raise BadLink
    region, case, number, channel, until = _BODY.unpack(body)
    found = Link(region.decode(), UUID(bytes=case), number, _CHANNELS[channel], date.fromordinal(until))
    if on > found.until_on:
        raise BadLink(expired=True)
    return found


def device_of(window: str, until_on: date) -> str:
    """The code by which a device stands for a window (`hall/number`), until a day."""
    return _signed(struct.pack(">I", until_on.toordinal()) + window.encode(), _DEVICE)


def open_device(code: str, on: date) -> str:
    """The window that a device stands for. Raises `BadLink`."""
    body = _body(code, _DEVICE)
    if on.toordinal() > struct.unpack(">I", body[:4])[0]:
        raise BadLink(expired=True)
    return body[4:].decode()


def _signed(body: bytes, purpose: str) -> str:
    mark = bytes.fromhex(crypto.digest(body, purpose))[:_SIGNED]
    return base64.urlsafe_b64encode(body + mark).decode().rstrip("=")


def _body(code: str, purpose: str) -> bytes:
    """What was signed. Raises `BadLink`."""
    try:
        raw = base64.b64decode(code.encode("ascii") + b"=" * (-len(code) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise BadLink from None
    body, mark = raw[:-_SIGNED], raw[-_SIGNED:]
    if len(body) < 4 or not hmac.compare_digest(mark, bytes.fromhex(crypto.digest(body, purpose))[:_SIGNED]):
        raise BadLink
    # One code, one text: trailing bits that mean nothing are not passed over.
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != code:
        raise BadLink
    return body
