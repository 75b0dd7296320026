"""Persons and firms are recorded, their data kept up to date, and who may act for them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError

from banshi.directory import queries
from banshi.directory.facts import emit_of_party
from banshi.directory.models import Mandate, Party, PartyIndex, PartyPrivate
from banshi.directory.rights import require_desk, require_self_or_desk
from banshi.directory.values import Level, MandateRole, PartyKind, PartyRef, prefix
from banshi.infra import audit, private
from banshi.infra.store import Clash, Tx, Work, new_id, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.ids import BadId, ResidentId, parse_uscc, tidy
from banshi.kernel.workdays import civil_day

_CHANGEABLE = {
    PartyKind.PERSON: frozenset({"name", "phone", "address"}),
    PartyKind.ENTERPRISE: frozenset(
        {"name", "phone", "address", "legal_person", "legal_person_id", "business_scope", "capital_fen"}
    ),
}
_LONGEST = 2000


def create_party(
    *,
    kind: PartyKind,
    number: str,
    content: Mapping[str, str | int],
    actor: Actor,
    at: datetime,
    region_code: str = "",
) -> PartyRef:
    """Record who stands at the window, by resident number or 统一社会信用代码; one already known is brought up to date.

    `content`: name, phone, address; of a firm also legal_person, legal_person_id, business_scope, capital_fen.
    `region_code`: the county of residence, by default that of the number. Raises `Refused` naming the field.
    """
    require_desk(actor)
    checked = checked_content(kind, number, content)
    return write_once(
        lambda tx: insert_party(tx, kind, checked, region_code, replace=True), at=at, actor=actor.code
    )


def update_profile(*, party: PartyRef, changes: Mapping[str, str | int], actor: Actor, at: datetime) -> None:
    """Change what is known of a party; its number stays. Raises `NotFound`, `Refused`."""
    require_self_or_desk(actor, party.id)
    tidied = _tidied(party.kind, changes)

    def work(tx: Tx) -> None:
        known = private.get(PartyPrivate, party.region_code, party.id)
        if not known:
            raise NotFound("办事人", "applicant")
        _keep(tx, party.region_code, party.id, known | tidied, "party.updated")

    write(work, at=at, actor=actor.code)


def grant_mandate(
    *,
    agent: UUID,
    principal: PartyRef,
    role: MandateRole,
    from_on: date,
    actor: Actor,
    at: datetime,
    until_on: date | None = None,
) -> UUID:
    """Let a person act for a firm or another person (民法典 arts. 61, 161–165); the mandate's id.

    By the principal, or at a window on the papers shown there. A legal representative is recorded at a window only.
    """
    found = queries.find_party_by_id(agent)
    if found is None or found.kind != PartyKind.PERSON:
        raise NotFound("代办人", "agent")
    if role == MandateRole.LEGAL_PERSON:
        require_desk(actor)
    else:
        require_self_or_desk(actor, principal.id)
    if until_on is not None and until_on < from_on:
        raise Refused(
            "dates", "截止日期早于开始日期。", "The last day is before the first.", field="until_on"
        )
    id = new_id()

    def work(tx: Tx) -> UUID:
        Mandate.objects.create(
            id=id,
            agent_region=found.region_code,
            agent_id=found.id,
            principal_region=principal.region_code,
            principal_id=principal.id,
            role=role,
            from_on=from_on,
            until_on=until_on,
        )
        emit_of_party(
            tx,
            principal.region_code,
            principal.id,
            "mandate.granted",
            mandate=id,
            agent=agent,
            role=role,
            from_on=from_on,
            until_on=until_on,
        )
        return id

    return write(work, at=at, actor=actor.code)


def end_mandate(*, mandate: UUID, actor: Actor, at: datetime) -> None:
    """The agent may not act any more, from the next day on. Raises `NotFound`, `Refused`."""
    row = Mandate.objects.filter(id=mandate).first()
    if row is None:
        raise NotFound("代办关系", "mandate")
    require_self_or_desk(actor, row.principal_id)

    def work(tx: Tx) -> None:
        Mandate.objects.filter(id=mandate).update(until_on=civil_day(at))
        emit_of_party(tx, row.principal_region, row.principal_id, "mandate.ended", mandate=mandate)

    write(work, at=at, actor=actor.code)


def look_up(
    *, number: str, purpose: str, actor: Actor, at: datetime
) -> tuple[PartyRef, dict[str, str]] | None:
    """What is known of the person or firm of a number, for staff; each look is in the audit trail (requirement 23).

    `purpose`: a code such as `accept`, or the number of the case it is for. None when nobody is known by the number.
    """
    require_desk(actor)
    party = queries.find_party(number)
    audit.note(
        act="view_person",
        target=f"{party.kind}/{party.id}" if party else "nobody",
        outcome=purpose,
        actor=actor.code,
        at=at,
    )
    return (party, queries.known_values(party.region_code, party.id)) if party else None


def erase_party(*, party: PartyRef, actor: Actor, at: datetime) -> None:
    """Blank what is kept of a party (个人信息保护法 art. 47); facts and rows that carry its id stay as they are."""
    require_self_or_desk(actor, party.id)

    def work(tx: Tx) -> None:
        private.erase(tx, PartyPrivate, party.region_code, party.id)
        emit_of_party(tx, party.region_code, party.id, "party.erased")

    write(work, at=at, actor=actor.code)


def insert_party(
    tx: Tx, kind: PartyKind, content: dict[str, str | int], region_code: str, *, replace: bool
) -> PartyRef:
    """Within a work: the party of the content's number, new or found; a found one's data change only on `replace`."""
    number = str(content["resident_id" if kind == PartyKind.PERSON else "uscc"])
    found = queries.find_party(number)
    if found is not None:
        if replace:
            known = private.get(PartyPrivate, found.region_code, found.id)
            _keep(tx, found.region_code, found.id, known | content, "party.updated")
        return found
    region = region_code or _county_in(number[:6] if kind == PartyKind.PERSON else number[2:8])
    id, index = new_id(), queries.id_index(number)
    Party.objects.create(region_code=region, id=id, kind=kind, id_index=index)
    PartyIndex.objects.create(id_index=index, region_code=region, party_id=id)
    _keep(tx, region, id, content, "party.recorded")
    return PartyRef(region, id, kind)


def checked_content(kind: PartyKind, number: str, content: Mapping[str, str | int]) -> dict[str, str | int]:
    """What is kept of a party, with what its number tells. Raises `Refused` naming the field."""
    kept = _tidied(kind, content)
    if not kept.get("name"):
        raise Refused("name", "请填写姓名或名称。", "Give the name.", field="name")
    try:
        if kind == PartyKind.PERSON:
            parsed = ResidentId.parse(number)
            return kept | {
                "resident_id": parsed.number,
                "sex": parsed.sex.name.lower(),
                "birth_on": parsed.born_on.isoformat(),
            }
        return kept | {"uscc": parse_uscc(number)}
    except BadId as error:
        field = "resident_id" if kind == PartyKind.PERSON else "uscc"
        raise Refused(field, error.zh, error.en, field=field) from error


def tidy_phone(phone: str) -> str:
    """A mainland mobile number, eleven digits. Raises `Refused`."""
    plain = tidy(phone).removeprefix("+86").replace("-", "")
    if not (len(plain) == 11 and plain.isascii() and plain.isdecimal() and plain.startswith("1")):
        raise Refused(
            "phone", "手机号应为11位数字，请核对。", "A mobile number has 11 digits: check it.", field="phone"
        )
    return plain


def write_once[T](work: Work[T], *, at: datetime, actor: str) -> T:
    """`write`, where the same number or phone being recorded twice at once is a clash and not an error."""
    try:
        return write(work, at=at, actor=actor)
    except IntegrityError as error:
        raise Clash from error


def _tidied(kind: PartyKind, content: Mapping[str, str | int]) -> dict[str, str | int]:
    unknown = content.keys() - _CHANGEABLE[kind]
    if unknown:
        raise Refused("unknown_field", f"没有这一项：{min(unknown)}。", f"No such field: {min(unknown)}.")
    kept: dict[str, str | int] = {}
    for key, value in content.items():
        text = " ".join(unicodedata.normalize("NFC", str(value)).split())
        if len(text) > _LONGEST:
            raise Refused("too_long", f"最多{_LONGEST}个字。", f"At most {_LONGEST} characters.", field=key)
        kept[key] = value if isinstance(value, int) else text
    if legal := kept.get("legal_person_id"):
        try:
            kept["legal_person_id"] = ResidentId.parse(str(legal)).number
        except BadId as error:
            raise Refused("legal_person_id", error.zh, error.en, field="legal_person_id") from error
    return kept


def _keep(tx: Tx, region: str, id: UUID, content: Mapping[str, str | int], kind: str) -> None:
    kept = private.put(tx, PartyPrivate, region, content, id)
    emit_of_party(tx, region, id, kind, digest=kept.digest)


def _county_in(code: str) -> str:
    """The number's county when it is one today; else the installation's city stands in for it."""
    region = queries.find_region(code)
    if region is not None and region.level == Level.COUNTY and region.code == code and prefix(code) == code:
        return code
    return queries.city_code()
