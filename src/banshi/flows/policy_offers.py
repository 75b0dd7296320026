"""政策找人: who is known by what, matched with the policies, and carried to their space before they ask.

A run goes through the population in chunks (`step`, a duty); a new day begins one for what hangs on the day (`turn_day`);
one person is matched again when something about them becomes known (`rematch`, from the outbox). All are repeatable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from banshi.contexts.certificates import queries as certificates
from banshi.contexts.certificates.values import Standing
from banshi.contexts.policies import operations as policies
from banshi.contexts.policies import queries
from banshi.contexts.policies.values import Element, Finding, Library, Offer, PolicyState, Subject
from banshi.directory import population
from banshi.directory import queries as directory
from banshi.directory.values import PartyKind, PartyRef, covers
from banshi.infra.store import Tx, write
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.facts import NotFound, Recorded
from banshi.kernel.ids import valid_resident_id
from banshi.kernel.rules.explain import Reason
from banshi.kernel.workdays import civil_day

CHUNK = 1_000  # people matched at a time, column by column
WRITTEN = 200  # of them a transaction, so that nobody else waits long
# What a certificate proves: type key → datum.
PROVEN: Mapping[str, tuple[str, object]] = {"business_licence": ("enterprise.kind", "company")}


@dataclass(frozen=True, slots=True)
class Look:
    """一条政策的现状: one policy and how a subject stands with it now, condition by condition."""

    state: PolicyState
    finding: Finding
    reasons: tuple[Reason, ...]
    stated: frozenset[str]
    used: Mapping[str, object]


def start(
    *, scope: str, codes: Sequence[str], actor: Actor, at: datetime, command_id: UUID | None = None
) -> UUID:
    """开始一次匹配 over the people and firms of a region; the scheduler carries it on."""
    everybody = covers(scope, directory.city_code())
    return policies.start_run(
        scope=scope,
        codes=codes,
        total=population.count_parties(scope),
        looked_on=civil_day(at) if everybody else None,
        actor=actor,
        at=at,
        command_id=command_id,
    )


def publish(*, library: Library, scope: str, actor: Actor, at: datetime) -> policies.Published:
    """发布政策库; what changed, and only that, is matched anew."""
    done = policies.publish(library=library, actor=actor, at=at)
    if changed := (*done.changed, *done.retired):
        start(scope=scope, codes=changed, actor=actor, at=at)
    return done


def turn_day(at: datetime) -> None:
    """换日: once a civil day everybody is matched anew with what hangs on the day: ages, periods that begin or end."""
    if codes := queries.list_due(civil_day(at)):
        start(scope=directory.city_code(), codes=codes, actor=SYSTEM, at=at)


def step(at: datetime) -> bool:
    """推进匹配: one chunk of the run that began first; true when there is more to do."""
    run = queries.find_open_run()
    if run is None:
        return False
    states = _states(run.codes)
    after = (run.cursor_region, run.cursor_party) if run.cursor_party else None
    parties = population.list_parties(run.scope, after=after, limit=CHUNK)
    matches = _match(parties, states, civil_day(at))
    by_code = {one.policy.code: one for one in states}
    ends = len(parties) < CHUNK
    for first in range(0, max(1, len(parties)), WRITTEN):
        some = matches[first : first + WRITTEN]
        over = ends and first + WRITTEN >= len(parties)
        last = None if over else (some[-1][0].region, some[-1][0].party)
        run = write(
            partial(policies.advance, run=run, matches=some, states=by_code, last=last),
            at=at,
            actor=SYSTEM.code,
        )
        if run is None:
            return True
    return not ends or queries.find_open_run() is not None


def _states(codes: Sequence[str]) -> list[PolicyState]:
    """The policies of a run, and those that exclude them: who is entitled to one may lose another by it."""
    states = queries.list_policies()
    if not codes:
        return states
    wanted = set(codes)
    for one in states:
        if one.policy.code in codes:
            wanted |= set(one.policy.excludes)
        if set(one.policy.excludes) & set(codes):
            wanted.add(one.policy.code)
    return [one for one in states if one.policy.code in wanted]


def rematch(recorded: Recorded, at: datetime) -> Callable[[Tx], None] | None:
    """重新匹配一个人, after a fact that says something new of them."""
    region, id = recorded.stream.region, recorded.stream.id
    if recorded.kind.startswith("certificates."):
        id = certificates.get_certificate(region, id, SYSTEM).party
    elif "party" in recorded.data:
        id = UUID(str(recorded.data["party"]))
    party = directory.find_party_by_id(id)
    return _matching(party, at) if party else None


def _matching(party: PartyRef, at: datetime) -> Callable[[Tx], None] | None:
    """One person matched with everything; what is left is to write it."""
    states = queries.list_policies()
    if not states:
        return None
    matches = _match([party], states, civil_day(at))
    by_code = {one.policy.code: one for one in states}

    def work(tx: Tx) -> None:
        policies.record_matches(tx, matches, by_code)

    return work


def _match(
    parties: Sequence[PartyRef], states: Sequence[PolicyState], as_of: date
) -> list[tuple[Subject, Sequence[Finding], frozenset[str]]]:
    """The chunk's subjects with their findings, and which policies rest on what people stated."""
    subjects = gather(parties, queries.elements(states), as_of)
    matcher = queries.matcher(states, as_of)
    held = queries.held([one.party for one in subjects], as_of)
    found = matcher.batch(
        [(one.region, one.kind, one.row) for one in subjects],
        [held.get(one.party, frozenset()) for one in subjects],
    )
    asked = {one.policy.code: queries.asked(one.policy) for one in states}
    return [
        (one, findings, frozenset(f.policy for f in findings if asked[f.policy] & one.stated))
        for one, findings in zip(subjects, found, strict=True)
    ]


def gather(parties: Sequence[PartyRef], elements: Mapping[str, Element], on: date) -> list[Subject]:
    """What is known of these parties, from the directory, their certificates, registers and themselves: a few queries for
    each county, however many people."""
    by_region: dict[str, list[PartyRef]] = {}
    for one in parties:
        by_region.setdefault(one.region_code, []).append(one)
    found: dict[UUID, Subject] = {}
    proven: dict[UUID, set[str]] = {}
    for held in certificates.list_of_party([one.id for one in parties]):
        if held.standing(on) is Standing.VALID:
            proven.setdefault(held.party, set()).add(held.type)
    for region, refs in by_region.items():
        ids = [one.id for one in refs]
        profiles = population.known_profiles(region, ids)
        told = queries.known_of(region, ids)
        for one in refs:
            row, stated = told.get(one.id, ({}, frozenset()))
            own = _own(one.kind, profiles.get(one.id, {}), proven.get(one.id, set()))
            known = queries.typed(own | row, elements)
            found[one.id] = Subject(region, one.id, one.kind.value, known, stated - own.keys())
    return [found[one.id] for one in parties]


def _own(kind: PartyKind, profile: Mapping[str, str], held: set[str]) -> dict[str, object]:
    """What follows from the directory and from certificates."""
    row: dict[str, object] = {}
    number = profile.get("resident_id", "")
    if kind is PartyKind.PERSON and valid_resident_id(number):
        row["person.born"] = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    for type_key in held:
        if type_key in PROVEN and kind is PartyKind.ENTERPRISE:
            key, value = PROVEN[type_key]
            row[key] = value
    return row


def look(offer: Offer, at: datetime, *, zh: bool = True) -> Look:
    """One offer as it stands at this moment: matched again, and explained."""
    state = queries.get_policy(offer.policy)
    states = _states([offer.policy])
    party = directory.find_party_by_id(offer.party)
    if party is None:
        raise NotFound("这条政策匹配", "offer")
    on = civil_day(at)
    (subject,) = gather([party], queries.elements(states), on)
    held = queries.held([offer.party], on).get(offer.party, frozenset())
    # Its own money is looked at when it is claimed, and told then.
    matcher = queries.matcher([one for one in states if not one.exhausted], on)
    findings = queries.findings(matcher, subject.region, subject.kind, subject.row, held - {offer.policy})
    now = next((one for one in findings if one.policy == offer.policy), None)
    finding = now or Finding(offer.policy, offer.standing, offer.failing, offer.missing, offer.amount_fen)
    asked = queries.asked(state.policy)
    used = {key: value for key, value in subject.row.items() if key in asked}
    return Look(
        state, finding, queries.explain(state.policy, subject.row, on, zh=zh), subject.stated & asked, used
    )


def claim(
    *,
    offer: Offer,
    supplied: Mapping[str, str],
    actor: Actor,
    at: datetime,
    command_id: UUID | None = None,
) -> str:
    """确认享受: matched again first, so that nothing is granted on what was known yesterday. Raises `NotFound`, `Refused`."""
    now = look(offer, at)
    return policies.claim(
        region=offer.region,
        id=offer.id,
        now=now.finding,
        stated=now.stated,
        asked=queries.asked(now.state.policy),
        used=now.used,
        supplied=supplied,
        actor=actor,
        at=at,
        command_id=command_id,
    )


def tell(*, offer: Offer, values: Mapping[str, object], actor: Actor, at: datetime) -> None:
    """补充数据: what a person states of themselves, beside what they stated before. Raises `Refused`."""
    queries.get_offer(offer.region, offer.id, actor)
    elements = queries.get_policy(offer.policy).policy.elements
    known = queries.elements(queries.list_policies())
    row, stated = queries.known_of(offer.region, [offer.party]).get(offer.party, ({}, frozenset()))
    before = queries.typed({key: row[key] for key in stated}, known)
    wanted = {key: value for key, value in values.items() if key in elements}
    policies.record_known(
        region=offer.region,
        party=offer.party,
        source=queries.STATED,
        values=before | wanted,
        elements=known,
        actor=actor,
        at=at,
    )
    party = directory.find_party_by_id(offer.party)
    if party and (work := _matching(party, at)):  # at once: whoever answers wants to see what came of it
        write(work, at=at, actor=actor.code)
