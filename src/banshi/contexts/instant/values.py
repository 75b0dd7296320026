"""What is on record of decisions made at once, and of the items for which that was stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Finding(StrEnum):
    """抽查结论: `wrong` leads to the revocation of the decision, which is the case's own step."""

    NONE = ""
    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Decided:
    """秒批记录: one case that was granted at once. `drawn`: it is to be checked; `words`: where what was found lies."""

    region: str
    id: UUID
    case: UUID
    item: str
    version: int
    office: str
    at: datetime
    drawn: bool
    finding: Finding = Finding.NONE
    checked_by: str = ""
    checked_at: datetime | None = None
    words: UUID | None = None
    seq: int = 1


@dataclass(frozen=True, slots=True)
class Switch:
    """停用: an item in a county. `words`: where the reason lies; `by` who set it last."""

    region: str
    item: str
    office: str
    stopped: bool
    by: str
    at: datetime
    words: UUID | None
    seq: int
