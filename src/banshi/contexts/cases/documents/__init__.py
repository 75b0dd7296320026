"""办件文书: which fact produces which document; frozen data in the transaction, the PDF afterwards.

Licensing law art. 32 last paragraph (dated, sealed acceptance and rejection documents), 38 (refusals: reasons, remedies).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings

from banshi.contexts.cases import events
from banshi.contexts.cases.models import CasePrivate, Document
from banshi.contexts.cases.rules import clocks
from banshi.contexts.cases.values import CaseState, SpecialProcedure
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
            encode(_frozen(state, fact, tx.at, calendar)),
            fact.data.get("text"),
            fact.data.get("on") or state.received_on,
        ),
    )


def _frozen(state: CaseState, fact: Fact, at: datetime, calendar: Calendar) -> dict[str, Any]:
    """What the document says, but for names and words, as of this moment."""
    plan, said = state.plan, fact.data
    limits = [
        {
            "kind": kind,
            "days": limit.days,
            "unit": limit.unit,
            "due_on": due_on,
            "provisional": state.provisional,
        }
        for kind, limit, due_on in (
            ("statutory", plan.statutory, state.statutory_due_on),
            ("promised", plan.promised, state.promised_due_on),
        )
        if limit and due_on
    ]
    answer_on = clocks.acceptance_due_on(state, calendar)
    return {
        "item": plan.name,
        "licence": plan.type == "01",
        "case_number": state.number,
        "received_on": state.received_on,
        "received_at": at,
        "answer": {"days": plan.limits.acceptance_days, "due_on": answer_on},
        "accepted_on": state.accepted_on,
        "deemed": state.deemed_accepted,
        "limits": limits,
        "due": {"days": state.plan.correction_days, "due_on": state.correction_due_on},
        "channel": "窗口" if state.hall else "网上",
        "competent": [{"office": said.get("competent", "")}],
        "procedure": SpecialProcedure(said["procedure"]).label if "procedure" in said else "",
        "starts_on": said.get("on"),
        "days": said.get("days"),
        "unit": "workday",
        "ends_on": said.get("ends_on"),
        "remaining_days": said.get("remaining_days"),
        "due_on": said.get("due_on"),
        "provisional": said.get("provisional", False),
        "withdrawn_on": said.get("on"),
        "lapsed": said.get("deemed", False),
        "content": f"准予办理“{plan.name}”。" if plan.type == "01" else f"“{plan.name}”已经办好。",
    }


def unrendered(region: str, case_id: UUID) -> list[Document]:
    return list(Document.objects.filter(region_code=region, case_id=case_id, file=""))


@dataclass(frozen=True, slots=True)
class Letterhead:
    """文书抬头: the office as it is called today, and where its decisions are appealed."""

    office: str
    phone: str
    address: str
    review_body: str
    court: str


def render(document: Document, *, letterhead: Letterhead, url: str) -> tuple[str, bytes]:
    """The PDF and its digest; slow, outside any transaction."""
    subject = private.get(CasePrivate, document.region_code, document.case_id)
    kept = private.get(CasePrivate, document.region_code, document.text_id) if document.text_id else {}
    text = kept.get("text", "")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    content = pdf.render(
        TEMPLATES / f"{document.kind}.typ",
        {
            **msgspec.json.decode(document.data),
            "office": letterhead.office,
            "contact": {"phone": letterhead.phone, "address": letterhead.address},
            "remedies": {"review_body": letterhead.review_body, "court": letterhead.court},
            "number": document.number,
            "issued_on": document.issued_on,
            "applicant": subject.get("applicant") or "（已依申请删除）",
            "applicant_kind": subject.get("applicant_kind", "person"),
            "materials": [
                {"name": one["name"], "form": _FORMS[one["source"]], "count": 1}
                for one in subject.get("materials", ())
            ],
            "reason": text,
            "corrections": [{"name": line, "problem": "", "remedy": ""} for line in lines],
            "reasons": [{"reason": line, "basis": ""} for line in lines],
            "url": url,
            "demo": settings.BANSHI.demo,
        },
        created_at=datetime(*document.issued_on.timetuple()[:3], tzinfo=UTC),
    )
    digest = files.digest_of(content)
    files.store(content, digest)
    return digest, content


_FORMS = {"uploaded": "电子件", "certificate": "电子证照", "paper": "原件"}


def attach(tx: Tx, document: Document, digest: str, size: int) -> None:
    """Name the rendered file in the document's row; whoever comes second changes nothing."""
    files.register(tx, digest, size, "application/pdf")
    tx.run(
        "UPDATE cases_document SET file = %s WHERE region_code = %s AND id = %s AND file = ''",
        (digest, document.region_code, document.id),
    )
