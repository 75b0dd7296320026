"""脱敏: one table says what each reader sees of personal data in an answer (requirement 11; 个人信息保护法 art. 51).

A full number goes to nobody but the person it belongs to, as far as the platform knows: neither to staff, who reveal one on
the case page where that is noted, nor to somebody who acts for another, but for what they typed themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from banshi.contexts.cases.values import CaseState
from banshi.directory import queries as directory
from banshi.kernel.actors import Actor
from banshi.ui.masking import masked_id, masked_name, masked_phone
from banshi.ui.masking import scrubbed as scrubbed

type Mask = Callable[[str], str]


class Reader(StrEnum):
    """读者: as whom somebody looks."""

    SELF = "self"
    AGENT = "agent"
    OFFICE = "office"  # an officer, approver or head of the case's or a work's office
    HALL = "hall"
    SUPERVISOR = "supervisor"


def hidden(text: str) -> str:
    return "***" if text else ""


_NUMBERS: Mapping[str, Mask] = {"resident_id": masked_id, "phone": masked_phone}
_UNNAMED: Mapping[str, Mask] = {**_NUMBERS, "name": masked_name}
# reader → kind of data element → mask; of kinds that are not named, numbers inside the text are masked
MASKS: Mapping[Reader, Mapping[str, Mask] | None] = {
    Reader.SELF: None,
    Reader.AGENT: _NUMBERS,
    Reader.HALL: _NUMBERS,  # who hands out at the window calls people by their names
    Reader.OFFICE: _UNNAMED,
    Reader.SUPERVISOR: {**_UNNAMED, "address": hidden},
}


def masked(reader: Reader, kind: str, value: str) -> str:
    """A value as this reader may see it; `kind` is that of its data element."""
    masks = MASKS[reader]
    return value if masks is None else masks.get(kind, scrubbed)(value)


def masked_applicant(reader: Reader, subject: Mapping[str, Any]) -> tuple[str, str]:
    """Name and number of who asks. Those of a firm are public."""
    name, number = subject.get("applicant", ""), subject.get("applicant_number", "")
    if subject.get("applicant_kind") == "enterprise":
        return name, number
    return masked(reader, "name", name), masked(reader, "resident_id", number)


def reader_of_case(state: CaseState, actor: Actor) -> Reader:
    """As whom somebody who may see the case looks at it."""
    if actor.kind == "citizen":
        return reader_of_party(state.party, actor)
    offices = {state.office, *(work.office for work in state.plan.works)}
    if offices & actor.offices("officer", "approver", "leader"):
        return Reader.OFFICE
    return Reader.HALL if state.hall in actor.offices("window_clerk") else Reader.SUPERVISOR


def reader_of_party(party: UUID, actor: Actor) -> Reader:
    """As whom a citizen looks at what a party stated."""
    return Reader.SELF if directory.get_account(UUID(actor.id)).party.id == party else Reader.AGENT
