"""办件文书: a document for each legal act; frozen data in the transaction, the PDF afterwards.

Licensing law art. 32 last paragraph (dated, sealed acceptance and rejection documents), 38 (refusals: reasons, remedies).
"""

from __future__ import annotations

from banshi.contexts.cases.documents.kinds import FACTS, KINDS, Told, calls_for
from banshi.contexts.cases.documents.printing import Draft, Letterhead, attach, render, unrendered
from banshi.contexts.cases.store import rows
from banshi.contexts.cases.values import CaseState
from banshi.infra.store import Tx, encode, new_id
from banshi.kernel.facts import Fact
from banshi.kernel.workdays import Calendar, civil_day

__all__ = [
    "FACTS", "INTERNAL", "TITLES", "Draft", "Letterhead", "attach", "calls_for", "issue", "render", "unrendered",
]  # fmt: skip

VERSION = 1  # of the templates: raised when frozen data of before could no longer be printed
TITLES = {kind.name: kind.title for kind in KINDS.values()}
INTERNAL = frozenset(kind.name for kind in KINDS.values() if kind.internal)  # not for the applicant


def issue(tx: Tx, before: CaseState, state: CaseState, fact: Fact, calendar: Calendar) -> None:
    """Produce the document that this fact calls for, if any: number, template version and frozen data.

    `before`: the case before the command (of a new case, itself); `state`: after the fact.
    """
    kind = calls_for(before, state, fact)
    if kind is None:
        return
    said = fact.data
    data = {
        "item": state.plan.name,
        "licence": state.plan.type == "01",
        "case_number": state.number,
        "office": state.office,
        **kind.says(Told(before, state, said, tx.at, calendar)),
    }
    suffix = f"{kind.letter}{state.seq}" if kind.repeats else kind.letter
    tx.put(
        rows.DOCUMENTS,
        (
            state.region,
            new_id(),
            state.id,
            kind.name,
            VERSION,
            f"{state.number}-{suffix}",
            encode(data),
            said.get("text"),
            civil_day(tx.at),
            "",
        ),
    )
