"""文书成文: the PDF of an issued document, once, outside any transaction; names and words are read here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings

from banshi.contexts.cases.documents.kinds import KINDS
from banshi.contexts.cases.models import CasePrivate, Document
from banshi.directory import queries as directory
from banshi.infra import files, pdf, private
from banshi.infra.store import Tx

TEMPLATES = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Draft:
    """待成文的文书: issued, not yet rendered. `office`: whose document it is; empty where of no office."""

    region: str
    id: UUID
    case: UUID
    kind: str
    number: str
    issued_on: date
    office: str | None
    data: Mapping[str, Any]
    text: UUID | None

    @property
    def sealed(self) -> bool:
        """The office's seal belongs on it."""
        return KINDS[self.kind].sealed


@dataclass(frozen=True, slots=True)
class Letterhead:
    """文书抬头: the office as it is called today, and where its decisions are appealed."""

    office: str
    phone: str
    address: str
    review_body: str
    court: str


def unrendered(region: str, case_id: UUID) -> list[Draft]:
    """Documents of a case that have no PDF yet, oldest first."""
    rows = Document.objects.filter(region_code=region, case_id=case_id, file="").order_by("id")
    return [_draft(row, msgspec.json.decode(row.data)) for row in rows]


def _draft(row: Document, data: Mapping[str, Any]) -> Draft:
    return Draft(
        row.region_code, row.id, row.case_id, row.kind, row.number, row.issued_on, data.get("office"), data, row.text_id
    )  # fmt: skip


def render(draft: Draft, *, letterhead: Letterhead, url: str, seal: str | None) -> bytes:
    """The PDF; slow. `seal`: SVG to print in the seal's place, "" to leave it free; None: 待加盖印章.

    Raises `pdf.CannotPrint`.
    """
    subject = private.get(CasePrivate, draft.region, draft.case)
    kept = private.get(CasePrivate, draft.region, draft.text) if draft.text else {}
    text = kept.get("text", "")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    data = {
        **_named(draft.data),
        "office": letterhead.office,
        "contact": {"phone": letterhead.phone, "address": letterhead.address},
        "remedies": {"review_body": letterhead.review_body, "court": letterhead.court},
        "number": draft.number,
        "issued_on": draft.issued_on,
        "applicant": subject.get("applicant") or "（已依申请删除）",
        "applicant_kind": subject.get("applicant_kind", "person"),
        "materials": [
            {"name": one["name"], "form": _FORMS[one["source"]], "count": 1}
            for one in subject.get("materials", ())
        ],
        "reason": text,
        "corrections": [{"name": line, "problem": "", "remedy": ""} for line in lines],
        "reasons": [*draft.data.get("unmet", ()), *({"reason": line, "basis": ""} for line in lines)],
        "url": url,
        "demo": settings.BANSHI.demo,
    }
    if seal is not None:
        data["seal"] = {"svg": seal}
    template = TEMPLATES / f"{KINDS[draft.kind].template or draft.kind}.typ"
    day = datetime(*draft.issued_on.timetuple()[:3], tzinfo=UTC)
    return pdf.render(template, data, created_at=day)


_FORMS = {"uploaded": "电子件", "certificate": "电子证照", "paper": "原件"}


def _named(data: Mapping[str, Any]) -> dict[str, Any]:
    """People and offices by their names of today in place of their codes."""
    codes = {code for key in ("presider", "holder") if (code := data.get(key))} | {*data.get("people", ())}
    if not codes and not data.get("to"):
        return dict(data)
    names = directory.actor_names(codes)
    named = dict(data)
    for key in ("presider", "holder"):
        if code := data.get(key):
            named[key] = names[code] or code
    if "people" in data:
        named["people"] = [names[code] or code for code in data["people"]]
    if to := data.get("to"):
        named["to"] = directory.get_office(to).name
    return named


def attach(tx: Tx, draft: Draft, digest: str, size: int) -> None:
    """Name the rendered file in the document's row; whoever comes second changes nothing."""
    files.register(tx, digest, size, "application/pdf")
    tx.run(
        "UPDATE cases_document SET file = %s WHERE region_code = %s AND id = %s AND file = ''",
        (digest, draft.region, draft.id),
    )
