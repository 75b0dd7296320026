"""政策查询: the library, one's own offers, what an office has to look at, and what came of it all."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import msgspec
from django.db.models import Count, Q

from banshi.contexts.policies import models, store
from banshi.contexts.policies.rules import claiming, reading
from banshi.contexts.policies.rules.compiled import AS_OF, Compiled, due, names
from banshi.contexts.policies.rules.matching import Matcher
from banshi.contexts.policies.values import (
    AppealState,
    BriefingState,
    Element,
    Figures,
    Finding,
    Library,
    Offer,
    PaperState,
    Policy,
    PolicyState,
    PolicyWindow,
    RunState,
    Standing,
    Status,
)
from banshi.contexts.policies.verification import BOTH_WAYS as BOTH_WAYS
from banshi.contexts.policies.verification import COUNTERS as COUNTERS
from banshi.contexts.policies.verification import VERIFIED as VERIFIED
from banshi.contexts.policies.verification import check_money as check_money
from banshi.contexts.policies.verification import check_policies as check_policies
from banshi.directory.values import prefix
from banshi.infra import counters, private
from banshi.kernel.actors import Actor, Post
from banshi.kernel.facts import NotFound
from banshi.kernel.mistakes import Mistake
from banshi.kernel.rules.explain import Reason
from banshi.kernel.rules.types import read as read_type

STATED = "stated"  # the source of what people say of themselves


# ---- the library ----


def read_files(folder: Path) -> tuple[Library | None, list[Mistake]]:
    """The policies of a folder's YAML files, or every mistake with its place."""
    return reading.read({path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.yaml"))})


def list_policies(codes: Iterable[str] | None = None) -> list[PolicyState]:
    """Policies that are published, by code; by one query."""
    rows = models.PolicyRow.objects.filter(retired=False)
    if codes is not None:
        rows = rows.filter(code__in=list(codes))
    return [store.state(row) for row in rows.order_by("code").values_list(*store.STATE.split(", "))]


def get_policy(code: str) -> PolicyState:
    """Raises `NotFound`."""
    for found in list_policies([code]):
        return found
    raise NotFound("这条政策", "policy")


def elements(states: Iterable[PolicyState]) -> dict[str, Element]:
    """The data that these policies ask for."""
    found: dict[str, Element] = {}
    for one in states:
        found |= one.policy.elements
    return found


_latest = (
    threading.local()
)  # the matcher of each thread's last chunk: a run meets the same policies over and over


def matcher(states: Sequence[PolicyState], as_of: date) -> Matcher:
    """Of those that are open, have money and are in force. For this thread alone."""
    open_ = [one.policy for one in states if one.open and not one.exhausted]
    key = (open_, elements(states), as_of)
    if getattr(_latest, "key", None) != key:
        _latest.matcher, _latest.key = Matcher(*key), key
    found: Matcher = _latest.matcher
    return found


def list_due(on: date) -> list[str]:
    """Codes of the policies that everybody has to be matched with anew, since the day has changed."""
    return [
        one.policy.code
        for one in list_policies()
        if one.open and (one.looked_on is None or due(one.policy, one.looked_on, on))
    ]


def explain(policy: Policy, row: Mapping[str, object], as_of: date, *, zh: bool = True) -> tuple[Reason, ...]:
    """Condition by condition, why a row stands as it does with a policy."""
    known = names(policy.elements)
    return Compiled.of(policy, known).explain({**row, AS_OF: as_of}, zh=zh)


def asked(policy: Policy) -> frozenset[str]:
    """Keys of the data that a policy rests on."""
    return frozenset(policy.elements)


# ---- what is known ----


def known_of(region: str, parties: Sequence[UUID]) -> dict[UUID, tuple[dict[str, object], frozenset[str]]]:
    """What registers and people themselves told of parties of one county (personal), and which keys people stated; what a
    register says counts before what was stated. Two queries, however many."""
    rows = models.KnownRow.objects.filter(region_code=region, party_id__in=list(parties))
    there = list(rows.order_by("at", "id").values_list("id", "party_id", "source"))
    contents = private.get_many(models.PoliciesPrivate, region, [id for id, _, _ in there])
    found: dict[UUID, tuple[dict[str, object], frozenset[str]]] = {}
    for wanted in (True, False):  # stated first: a register overwrites it
        for id, party, source in there:
            if (source == STATED) is wanted:
                values = contents.get(id, {}).get("values", {})
                row, stated = found.get(party, ({}, frozenset()))
                keys = frozenset(values)
                found[party] = (row | values, stated | keys if wanted else stated - keys)
    return found


def typed(row: Mapping[str, object], known: Mapping[str, Element]) -> dict[str, object]:
    """Values as rules take them: days as dates. What is not declared is left out."""
    found: dict[str, object] = {}
    for key, value in row.items():
        element = known.get(key)
        if element is not None:
            day = element.type == "date" and isinstance(value, str)
            found[key] = date.fromisoformat(str(value)) if day else value
    return found


def parse(element: Element, text: str) -> object:
    """What somebody typed as a value of the datum: numbers with units of 分 are typed in 元. Raises `ValueError`."""
    plain = text.strip()
    kind = str(read_type(element.type))
    if kind == "bool":
        return {"yes": True, "no": False}[plain] if plain in ("yes", "no") else _bad()
    if kind == "date":
        return date.fromisoformat(plain)
    if kind == "int":
        return round(float(plain) * 100) if element.unit == "分" and abs(float(plain)) < 1e13 else int(plain)
    return plain or _bad()


def _bad() -> object:
    raise ValueError("empty")


def held(parties: Sequence[UUID], on: date) -> dict[UUID, frozenset[str]]:
    """Codes that parties have claimed or been granted already, of those that repeat in this period; one query."""
    rows = models.OfferRow.objects.filter(
        party_id__in=list(parties), status__in=(Status.CLAIMED.value, Status.GRANTED.value)
    ).values_list("party_id", "policy", "period")
    found: dict[UUID, set[str]] = {}
    for party, code, period in rows:
        if not on.isoformat().startswith(period):
            continue
        found.setdefault(party, set()).add(code)
    return {party: frozenset(codes) for party, codes in found.items()}


# ---- offers ----

_OFFER = store.OFFER.split(", ")


def list_offers(parties: Iterable[UUID]) -> list[Offer]:
    """Offers of these parties that are on a list or have come further; the latest first."""
    rows = models.OfferRow.objects.filter(party_id__in=list(parties)).exclude(
        standing=Standing.NO.value, status=Status.OPEN.value
    )
    return [store.offer(row) for row in rows.order_by("-matched_at", "id").values_list(*_OFFER)]


def get_offer(region: str, id: UUID, actor: Actor) -> Offer:
    """For the party and who handles the policy. Raises `NotFound` for everybody else."""
    row = models.OfferRow.objects.filter(region_code=region, id=id).values_list(*_OFFER).first()
    if row is None:
        raise NotFound("这条政策匹配", "offer")
    offer = store.offer(row)
    if str(offer.party) not in actor.parties:
        claiming.require_handling(actor, get_policy(offer.policy).policy, region)
    return offer


def unread(parties: Iterable[UUID]) -> int:
    """How many offers of the entitled wait to be seen."""
    return models.OfferRow.objects.filter(
        party_id__in=list(parties),
        standing=Standing.ENTITLED.value,
        status=Status.OPEN.value,
        read_at=None,
    ).count()


def list_to_check(actor: Actor, *, offset: int = 0, limit: int = 50) -> tuple[list[Offer], int]:
    """待核对: claims that the actor's office has to look at, the oldest first, and how many there are."""
    rows = models.OfferRow.objects.filter(_handled(actor), status=Status.CLAIMED.value)
    found = rows.order_by("claimed_at", "id")[offset : offset + limit].values_list(*_OFFER)
    return [store.offer(row) for row in found], rows.count()


def _handled(actor: Actor) -> Q:
    """Offers of policies that the actor's posts handle, in their regions."""
    scope = Q(policy__in=[])
    states = list_policies()
    for post in actor.held:
        codes = [
            one.policy.code for one in states if claiming.handles(_with(actor, post), one.policy, post.region)
        ]
        scope |= Q(policy__in=codes, region_code__startswith=prefix(post.region))
    return scope


def _with(actor: Actor, post: Post) -> Actor:
    return replace(actor, held=(post,))


def claim_of(offer: Offer) -> dict[str, dict[str, object]]:
    """What a claim rested on and what was supplied (personal: the caller records the look); empty when erased."""
    return private.get(models.PoliciesPrivate, offer.region, offer.id)


def refusal(offer: Offer) -> str:
    """Why a claim was refused."""
    kept = private.get(models.PoliciesPrivate, offer.region, store.known_id(offer.id, "reason"))
    return str(kept.get("text", "")) if offer.status is Status.REFUSED else ""


def list_appeals(actor: Actor, *, limit: int = 50) -> list[AppealState]:
    """申诉 that wait for an answer of the actor's office, the oldest first."""
    rows = models.AppealRow.objects.filter(_handled(actor), outcome="")
    return [_appeal(row) for row in rows.order_by("at", "id")[:limit]]


def appeals_of(offer: Offer) -> list[AppealState]:
    """Appeals about one offer, the latest first."""
    rows = models.AppealRow.objects.filter(region_code=offer.region, offer_id=offer.id)
    return [_appeal(row) for row in rows.order_by("-at")]


def get_appeal(region: str, id: UUID) -> AppealState:
    """Raises `NotFound`."""
    row = models.AppealRow.objects.filter(region_code=region, id=id).first()
    if row is None:
        raise NotFound("这份申诉", "appeal")
    return _appeal(row)


def texts(region: str, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Words of appeals and answers (personal)."""
    found = private.get_many(models.PoliciesPrivate, region, ids)
    return {id: str(content.get("text", "")) for id, content in found.items()}


def _appeal(row: models.AppealRow) -> AppealState:
    return AppealState(
        row.region_code,
        row.id,
        row.offer_id,
        row.policy,
        row.outcome,
        row.at,
        row.answered_at,
        row.text_id,
        row.answer_id,
    )


# ---- runs and figures ----


def list_runs(limit: int = 20) -> list[RunState]:
    """The latest runs first."""
    return [_run(row) for row in models.RunRow.objects.order_by("-started_at", "-id")[:limit]]


def find_open_run() -> RunState | None:
    """The run that is to be advanced next: whichever began first."""
    row = models.RunRow.objects.filter(ended_at=None).order_by("started_at", "id").first()
    return _run(row) if row else None


def _run(row: models.RunRow) -> RunState:
    return RunState(
        row.region_code,
        row.id,
        row.scope,
        tuple(filter(None, row.codes.split(","))),
        row.total,
        row.done,
        row.cursor_region,
        row.cursor_party,
        row.started_at,
        row.ended_at,
        msgspec.json.decode(row.found),
    )


def figures(codes: Sequence[str], regions: Sequence[str] | None = None) -> dict[str, Figures]:
    """Exact counts by policy, over counties (all when None); two reads of the counters."""
    lists = [one.value for one in (Standing.ENTITLED, Standing.NEARLY, Standing.CANNOT_TELL)]
    done = ["read", "claimed", "granted", "refused", "granted_fen"]
    counted = counters.totals("policies.list", [f"{c}|{name}" for c in codes for name in lists], regions)
    counted |= counters.totals("policies.done", [f"{c}|{name}" for c in codes for name in done], regions)
    return {c: Figures(**{name: counted.get(f"{c}|{name}", 0) for name in (*lists, *done)}) for c in codes}


# ---- briefings, papers, windows ----


def list_briefings(place: str = "", *, ended: bool = False) -> list[BriefingState]:
    """宣讲 of a region's places, those to come (or over), with how many signed up and came."""
    rows = models.BriefingRow.objects.filter(
        region_code__startswith=prefix(place), ended_at__isnull=not ended
    )
    found = list(rows.order_by("starts_at", "id")[:100])
    people = models.AttendanceRow.objects.filter(briefing_id__in=[row.id for row in found])
    counted = {
        id: (all_, came)
        for id, all_, came in people.values_list("briefing_id").annotate(Count("id"), Count("came_at"))
    }
    return [_briefing(row, *counted.get(row.id, (0, 0))) for row in found]


def get_briefing(region: str, id: UUID, actor: Actor) -> BriefingState:
    """For the office that holds it: it lists who comes. Raises `NotFound`."""
    row = models.BriefingRow.objects.filter(region_code=region, id=id).first()
    if row is None or row.office not in {post.office for post in actor.held}:
        raise NotFound("这场宣讲", "briefing")
    people = models.AttendanceRow.objects.filter(briefing_id=id)
    return _briefing(row, people.count(), people.exclude(came_at=None).count())


def attendance(region: str, id: UUID) -> list[tuple[UUID, datetime | None]]:
    """Who signed up, in that order, and when they came."""
    rows = models.AttendanceRow.objects.filter(region_code=region, briefing_id=id)
    return list(rows.order_by("signed_at", "id").values_list("party_id", "came_at"))


def signed_up(parties: Iterable[UUID]) -> frozenset[UUID]:
    """Briefings that parties have signed up for."""
    rows = models.AttendanceRow.objects.filter(party_id__in=list(parties))
    return frozenset(rows.values_list("briefing_id", flat=True))


def _briefing(row: models.BriefingRow, signed: int, came: int) -> BriefingState:
    return BriefingState(
        row.region_code,
        row.id,
        row.title,
        tuple(filter(None, row.codes.split(","))),
        row.starts_at,
        row.place,
        row.link,
        row.office,
        row.views,
        row.ended_at,
        signed,
        came,
    )


def list_papers(place: str = "", policy: str = "") -> list[PaperState]:
    """政策材料, the latest first."""
    rows = models.PaperRow.objects.filter(region_code__startswith=prefix(place))
    if policy:
        rows = rows.filter(policy=policy)
    return [
        PaperState(row.region_code, row.id, row.title, row.department, row.policy, row.digest, row.at)
        for row in rows.order_by("-at", "-id")[:200]
    ]


def get_paper(region: str, id: UUID) -> PaperState:
    """Raises `NotFound`."""
    row = models.PaperRow.objects.filter(region_code=region, id=id).first()
    if row is None:
        raise NotFound("这份材料", "paper")
    return PaperState(row.region_code, row.id, row.title, row.department, row.policy, row.digest, row.at)


def list_windows(place: str = "") -> list[PolicyWindow]:
    """政策服务窗口."""
    rows = models.WindowRow.objects.filter(region_code__startswith=prefix(place)).order_by("hall", "window")
    return [
        PolicyWindow(
            row.region_code, row.hall, row.window, tuple(filter(None, row.departments.split(","))), row.hours
        )
        for row in rows
    ]


def findings(
    matching_: Matcher, region: str, kind: str, row: Mapping[str, object], held_: frozenset[str] = frozenset()
) -> list[Finding]:
    """How one subject stands now, with every policy of their place."""
    return matching_.batch([(region, kind, row)], [held_])[0]
