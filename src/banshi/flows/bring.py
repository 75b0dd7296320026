"""带出: with the applicant's consent, what the enterprise register, their certificates and their earlier matters say is fetched
once and kept with the draft; every value can be corrected, and what was not wanted is not fetched (个人信息保护法 art. 6, 13)."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from banshi.adapters import enterprise_register
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.certificates import queries as certificates
from banshi.contexts.intake import operations as intake
from banshi.contexts.intake import queries as applications
from banshi.contexts.intake.values import BROUGHT, CONSENT
from banshi.directory import queries as directory
from banshi.kernel.actors import Actor
from banshi.kernel.workdays import civil_day

log = logging.getLogger("banshi.bring")
_EARLIER = 20  # so many of one's matters are looked through, the newest first


def agree(*, region: str, id: UUID, wanted: Collection[str], actor: Actor, at: datetime) -> bool:
    """同意带出 from these sources (`register.name`, `certificate.TYPE.number`, `earlier.ELEMENT`).

    False when the enterprise register could not be reached: it may be asked again. Raises `NotFound`, `Refused`.
    """
    application = applications.get_application(region, id, actor)
    before: dict[str, str] = msgspec.json.decode(applications.typed(application).get(BROUGHT) or "{}")
    registered, reached = _of_register(application.party, wanted)
    found = {
        **_of_certificates(application.party, wanted, at),
        **_of_earlier(application.party, wanted),
        **registered,
    }
    asked = {
        source: found.get(source, "") for source in wanted if reached or not source.startswith("register.")
    }
    kept = msgspec.json.encode({**before, **asked}).decode()
    intake.save(region=region, id=id, values={CONSENT: "yes", BROUGHT: kept}, actor=actor, at=at)
    return reached


def decline(*, region: str, id: UUID, actor: Actor, at: datetime) -> None:
    """不用带出: nothing is fetched, and what was is dropped."""
    intake.save(region=region, id=id, values={CONSENT: "no", BROUGHT: ""}, actor=actor, at=at)


def _of_register(party: UUID, wanted: Collection[str]) -> tuple[dict[str, str], bool]:
    """What the enterprise register says; and whether it could be asked."""
    if not any(source.startswith("register.") for source in wanted):
        return {}, True
    service = enterprise_register.register()
    ref = directory.find_party_by_id(party)
    if service is None or ref is None:
        return {}, True
    known = directory.known_values(ref.region_code, ref.id)
    try:
        if number := known.get("enterprise.uscc"):
            entry = service.enterprise(number)
        else:
            entry = service.declared(known.get("person.resident_id", ""))
    except Exception:
        log.exception("enterprise register not reached")
        return {}, False
    return (entry.known() if entry else {}), True


def _of_certificates(party: UUID, wanted: Collection[str], at: datetime) -> dict[str, str]:
    """The number of a held certificate, or what it states under an element's label."""
    parts = [source.split(".", 2) for source in wanted if source.startswith("certificate.")]
    held = certificates.held_by(party, civil_day(at)) if parts else {}
    elements = catalogue.catalogue().dictionaries.elements
    found: dict[str, str] = {}
    for _, type_, what in parts:
        if type_ not in held:
            continue
        state = certificates.get_by_identifier(held[type_])
        holder = certificates.holder(state)
        stated = dict(holder.fields) if holder else {}
        label = elements[what].label if what in elements else ""
        found[f"certificate.{type_}.{what}"] = state.number if what == "number" else stated.get(label, "")
    return found


def _of_earlier(party: UUID, wanted: Collection[str]) -> dict[str, str]:
    """What the same party stated last under the same element."""
    codes = {source.partition(".")[2] for source in wanted if source.startswith("earlier.")}
    found: dict[str, str] = {}
    for one in applications.list_submitted([party], limit=_EARLIER) if codes else ():
        typed = applications.typed(one)
        for code in codes - {source.partition(".")[2] for source in found}:
            if typed.get(code):
                found[f"earlier.{code}"] = typed[code]
    return found
