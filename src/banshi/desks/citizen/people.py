"""办事人: whose account this is, and for whom they may act today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext

from banshi.contexts.catalogue import queries as catalogue
from banshi.directory import queries as directory
from banshi.directory.values import AccountInfo, MandateRole, PartyKind, PartyRef
from banshi.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Subject:
    """办事人: a person or firm that somebody may act for; `role` says why, and is empty for oneself."""

    party: PartyRef
    name: str
    role: str = ""


def acting(request: HttpRequest) -> Actor:
    """Who asks, as the middleware found out."""
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def account(actor: Actor) -> AccountInfo:
    return directory.get_account(UUID(actor.id))


def subjects(actor: Actor, on: date) -> list[Subject]:
    """Oneself first, then whom one has a mandate for. Nobody, until the account's person was verified."""
    mine = account(actor)
    if not mine.verified:
        return []
    mandates = directory.list_mandates(mine.party.id, on)
    refs = [mine.party, *(mandate.principal for mandate in mandates)]
    names = directory.party_names([(ref.region_code, ref.id) for ref in refs])
    roles = {MandateRole.LEGAL_PERSON: gettext("您是法定代表人"), MandateRole.AGENT: gettext("您是代办人")}
    others = [Subject(one.principal, names.get(one.principal.id, ""), roles[one.role]) for one in mandates]
    return [Subject(mine.party, names.get(mine.party.id, "")), *others]


def fitting(found: list[Subject], applicants: tuple[str, ...]) -> list[Subject]:
    """Those of a kind that the matter is for."""
    return [one for one in found if one.party.kind in applicants]


def own_data(actor: Actor, party: UUID) -> bool:
    """Whether the personal data of this party's matter are the actor's own: their matter, or a firm's that they act for."""
    ref = directory.find_party_by_id(party)
    return party == account(actor).party.id or (ref is not None and ref.kind == PartyKind.ENTERPRISE)


def source(name: str, own: bool) -> str:
    """Where a filled-in value came from, in words: `person.name` → 您的个人资料."""
    kind, _, rest = name.partition(".")
    match kind:
        case "suggested":
            return gettext("前面填的内容，请核对")
        case "computed":
            return gettext("自动计算")
        case "earlier":
            return gettext("您以前办过的事")
        case "register":
            demo = settings.BANSHI.demo and not settings.BANSHI.register
            return gettext("演示登记库") if demo else gettext("企业登记库")
        case "certificate":
            known = catalogue.catalogue().dictionaries.certificates.get(rest.partition(".")[0])
            return gettext("电子证照“%(name)s”") % {"name": known.name if known else rest}
        case PartyKind.ENTERPRISE:
            return gettext("企业登记信息")
    return gettext("您的个人资料") if own else gettext("本人登记的资料")
