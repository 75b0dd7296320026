"""What intake gives to the outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

# Beside the values typed, under keys that no element can have: whether filling in from elsewhere was agreed to, and what came.
CONSENT, BROUGHT = "_consent", "_brought"


@dataclass(frozen=True, slots=True)
class Application:
    """申请: `submitted_at` None means a draft. `target` is `item:CODE` or `bundle:CODE`."""

    region: str
    id: UUID
    owner: str
    party: UUID
    target: str
    title: str
    answers: Mapping[str, str]
    versions: Mapping[str, int]
    channel: str
    hall: str
    window: str
    updated_at: datetime
    submitted_at: datetime | None
    lead_office: str = ""
    batch: UUID | None = None
    due_on: date | None = None
    due_at: datetime | None = None
    warn_on: date | None = None
    done_on: date | None = None

    @property
    def kind(self) -> str:
        return self.target.split(":", 1)[0]

    @property
    def code(self) -> str:
        return self.target.split(":", 1)[1]


@dataclass(frozen=True, slots=True)
class Led:
    """整件事的时限: which office leads a bundle, and when the whole of it is due."""

    office: str
    due_on: date
    due_at: datetime | None
    warn_on: date | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """提交的材料. `name` is the uploaded file's own name (personal)."""

    id: UUID
    material: str
    source: str
    file: str
    media_type: str
    size: int
    reference: str
    name: str = ""

    def handed(self, called: str) -> dict[str, str]:
        """As a case takes it: the material's code, what its form calls it, and where it is."""
        return {
            "code": self.material,
            "name": called,
            "source": self.source,
            "file": self.file,
            "media_type": self.media_type,
            "reference": self.reference,
            "filename": self.name,
        }
