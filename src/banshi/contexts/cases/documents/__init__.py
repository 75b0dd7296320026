"""办件文书: which fact produces which document; frozen data in the transaction, the PDF afterwards.

Licensing law art. 32 last paragraph (dated, sealed acceptance and rejection documents), 38 (refusals: reasons, remedies).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from banshi.contexts.cases import events
from banshi.contexts.cases.models import CasePrivate, Document
from banshi.contexts.cases.values import CaseState
from banshi.infra import files, pdf, private
from banshi.infra.store import Tx, encode, new_id
from banshi.kernel.facts import Fact
from banshi.kernel.workdays import Calendar

TEMPLATES = Path(__file__).parent
VERSION = 1
# fact → kind of document (= its template) and the letter in its number
KINDS = {
    events.RECEIVED: ("receipt", "J"),
    events.CORRECTION_REQUESTED: ("correction", "B"),
    events.ACCEPTED: ("acceptance", "S"),
    events.NOT_REQUIRED: ("not_required", "N"),
    events.REJECTED: ("rejection", "R"),
    events.SPECIAL_STARTED: ("special_procedure", "T"),
    events.PASSED: ("approval", "Z"),
    events.REFUSED: ("refusal", "F"),
    events.WITHDRAWN: ("withdrawal", "W"),
}
TITLES = {
    "receipt": "接件凭证",
    "correction": "一次性补正告知书",
    "acceptance": "受理通知书",
    "not_required": "不受理告知书",
    "rejection": "不予受理决定书",
    "special_procedure": "特别程序告知书",
    "approval": "准予决定书",
    "refusal": "不予许可决定书",
    "withdrawal": "终止办理告知书",
}


def issue(tx: Tx, state: CaseState, fact: Fact, calendar: Calendar) -> None:
    """Produce the document that this fact calls for: its number is the case's with a letter, one of each kind a case."""
    kind, letter = KINDS.get(fact.kind, ("", ""))
    if not kind:
        return
    suffix = f"{letter}{len(state.pauses)}" if kind == "special_procedure" else letter
    tx.run(
        "INSERT INTO cases_document (region_code, id, case_id, kind, template_version, number, data, text_id, issued_on,"
        " file) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, '')",
        (
            state.region,
            new_id(),
            state.id,
            kind,
            VERSION,
            f"{state.number}-{suffix}",
            encode(_frozen(state, fact)),
            fact.data.get("text"),
            fact.data.get("on") or state.received_on,
        ),
    )


def _frozen(state: CaseState, fact: Fact) -> dict[str, Any]:
    plan = state.plan
    return {
        "item": plan.name,
        "item_type": plan.type,
        "case_number": state.number,
        "office": state.office,
        "received_on": state.received_on,
        "accepted_on": state.accepted_on,
        "deemed": state.deemed_accepted,
        "statutory_days": plan.statutory.days if plan.statutory else None,
        "statutory_unit": plan.statutory.unit if plan.statutory else None,
        "statutory_due_on": state.statutory_due_on,
        "promised_days": plan.promised.days,
        "promised_unit": plan.promised.unit,
        "promised_due_on": state.promised_due_on,
        "provisional": state.provisional,
        "correction_due_on": state.correction_due_on,
        "procedure": state.pauses[-1].kind.label if state.pauses else "",
        "days": fact.data.get("days"),
        "certificate": plan.certificate,
    }


def unrendered(region: str, case_id: UUID) -> list[Document]:
    return list(Document.objects.filter(region_code=region, case_id=case_id, file=""))


def render(document: Document, *, office_name: str, verify_url: str) -> tuple[str, bytes]:
    """The PDF and its digest; slow, outside any transaction. `office_name` is as it is called today."""
    subject = private.get(CasePrivate, document.region_code, document.case_id)
    text = private.get(CasePrivate, document.region_code, document.text_id) if document.text_id else {}
    data = json.loads(document.data)
    content = pdf.render(
        TEMPLATES / f"{document.kind}.typ",
        {
            **data,
            "office_name": office_name,
            "title": TITLES[document.kind],
            "number": document.number,
            "issued_on": document.issued_on.isoformat(),
            "applicant": subject.get("applicant", "（已依申请删除）"),
            "materials": [material["name"] for material in subject.get("materials", ())],
            "text": text.get("text", ""),
            "verify_url": verify_url,
            "demo": settings.BANSHI.demo,
        },
        created_at=datetime(*document.issued_on.timetuple()[:3], tzinfo=UTC),
    )
    digest = files.digest_of(content)
    files.store(content, digest)
    return digest, content


def attach(tx: Tx, document: Document, digest: str, size: int) -> None:
    """Name the rendered file in the document's row; whoever comes second changes nothing."""
    files.register(tx, digest, size, "application/pdf")
    tx.run(
        "UPDATE cases_document SET file = %s WHERE region_code = %s AND id = %s AND file = ''",
        (digest, document.region_code, document.id),
    )
