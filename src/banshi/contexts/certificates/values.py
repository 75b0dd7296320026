"""What a certificate consists of, and what one may say of it on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from msgspec import Struct


class Status(StrEnum):
    """证照状态: what was done with it. Whether it has expired is a question of the day: `Standing`."""

    ISSUED = "issued"
    REVOKED = "revoked"
    CANCELLED = "cancelled"


class Standing(StrEnum):
    """证照效力 on a day."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {"valid": "有效", "expired": "已过有效期", "revoked": "已撤销", "cancelled": "已注销"}[
            self.value
        ]


class CertificateKind(Struct, frozen=True):
    """证照类型 as it is on the day of issue: `code` has 21 characters (GB/T 36904); `valid_months` 0 is without end."""

    key: str
    name: str
    code: str
    valid_months: int = 0
    number_prefix: str = ""


class CertificateState(Struct, frozen=True):
    """证照: `type` is the type's key, `office` and `issuer` the issuing office's codes; `file` is empty until printed."""

    id: UUID
    region: str
    identifier: str
    number: str
    type: str
    name: str
    case: UUID
    party: UUID
    office: str
    issuer: str
    issued_on: date
    valid_from_on: date
    valid_until_on: date | None = None  # the last valid day
    seq: int = 0
    status: Status = Status.ISSUED
    revoked_on: date | None = None
    reason: UUID | None = None
    file: str = ""

    def standing(self, on: date) -> Standing:
        """Whether it is valid on this day."""
        if self.status is not Status.ISSUED:
            return Standing(self.status.value)
        if self.valid_until_on and on > self.valid_until_on:
            return Standing.EXPIRED
        return Standing.VALID


@dataclass(frozen=True, slots=True)
class Holder:
    """持证内容 (personal): who holds it, their number, and what the type adds, as (label, value)."""

    name: str
    number: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PublicCertificate:
    """查验结果: what anybody may know who has the number. A person's name is masked, their number is not here."""

    identifier: str
    number: str
    name: str
    office: str
    holder: str
    issued_on: date
    valid_from_on: date
    valid_until_on: date | None
    revoked_on: date | None
    status: Standing
