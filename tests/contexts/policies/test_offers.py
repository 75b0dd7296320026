"""From a run over everybody to a claim: lists, progress, direct grants, money, appeals, and who may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from banshi.contexts.policies import events, operations, queries
from banshi.contexts.policies.rules import reading
from banshi.contexts.policies.values import Finding, Library, Offer, Standing, Status, Subject
from banshi.infra.models import Fact
from banshi.infra.store import Tx, write
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import NotFound, Refused
from tests.personas import AT, CITY, LICHENG, li, lin, party_of, zhao
from tests.security.town import chen, governor

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).resolve().parents[3] / "data" / "policies"
AT2 = datetime(2026, 3, 2, 1, tzinfo=UTC)


def library() -> Library:
    found, _ = reading.read({path.name: path.read_text("utf-8") for path in FOLDER.glob("*.yaml")})
    assert found is not None
    return found


@pytest.fixture
def published() -> Library:
    found = library()
    operations.publish(library=found, actor=SYSTEM, at=AT)
    return found


def matched(party: UUID, *found: Finding, stated: frozenset[str] = frozenset()) -> None:
    """As a match would record it."""
    states = {one.policy.code: one for one in queries.list_policies()}
    subject = Subject(LICHENG, party, "person", {})

    def work(tx: Tx) -> None:
        operations.record_matches(
            tx, [(subject, found, stated)], states, frozenset(one.policy for one in found)
        )

    write(work, at=AT2, actor="system")


def the_offer(party: UUID, code: str) -> Offer:
    return next(one for one in queries.list_offers([party]) if one.policy == code)


def claim(offer: Offer, actor: Any, found: Finding | None = None, **more: Any) -> str:
    now = found or Finding(offer.policy, offer.standing, amount=offer.amount_fen)
    told: dict[str, Any] = {"stated": frozenset(), "asked": frozenset(), "used": {}, "supplied": {}}
    return operations.claim(region=offer.region, id=offer.id, now=now, actor=actor, at=AT2, **(told | more))


def test_publishing_again_changes_nothing_and_a_changed_policy_becomes_a_new_version(
    published: Library,
) -> None:
    again = operations.publish(library=published, actor=SYSTEM, at=AT)
    assert (again.changed, again.unchanged) == ((), len(published.policies))
    import msgspec

    one = msgspec.structs.replace(published.policies["n-skill"], title="技能提升补贴（新）")
    changed = replace(published, policies={**published.policies, "n-skill": one})
    assert operations.publish(library=changed, actor=SYSTEM, at=AT).changed == ("n-skill",)
    assert queries.get_policy("n-skill").version == 2
    fewer = {code: policy for code, policy in changed.policies.items() if code != "n-low-income"}
    assert operations.publish(library=replace(changed, policies=fewer), actor=SYSTEM, at=AT).retired == (
        "n-low-income",
    )
    with pytest.raises(NotFound):
        queries.get_policy("n-low-income")


def test_matching_twice_writes_once_and_counts_stay_exact(published: Library) -> None:
    party = party_of(li()).id
    found = Finding("n-disabled-living", Standing.NEARLY, failing="low")
    matched(party, found)
    first = the_offer(party, "n-disabled-living")
    matched(party, found)
    assert the_offer(party, "n-disabled-living") == first
    assert queries.figures(["n-disabled-living"])["n-disabled-living"].nearly == 1
    matched(party, replace(found, standing=Standing.ENTITLED, failing=""))
    figures = queries.figures(["n-disabled-living"], [LICHENG])["n-disabled-living"]
    assert (figures.nearly, figures.entitled) == (0, 1)
    matched(party, Finding("n-disabled-living", Standing.NO))
    assert queries.list_offers([party]) == []


def test_a_direct_grant_needs_nobody_to_ask(published: Library) -> None:
    party = party_of(li()).id
    matched(party, Finding("n-preschool", Standing.ENTITLED))
    assert the_offer(party, "n-preschool").status is Status.GRANTED
    assert queries.figures(["n-preschool"])["n-preschool"].granted == 1


def test_what_rests_on_stated_data_is_never_granted_directly(published: Library) -> None:
    party = party_of(li()).id
    matched(party, Finding("n-preschool", Standing.ENTITLED), stated=frozenset({"n-preschool"}))
    assert the_offer(party, "n-preschool").status is Status.OPEN
    claim(the_offer(party, "n-preschool"), li().actor, stated=frozenset({"x"}), asked=frozenset({"x"}))
    assert the_offer(party, "n-preschool").status is Status.CLAIMED


def test_confirming_grants_at_once_and_a_second_time_is_refused(published: Library) -> None:
    party = party_of(li()).id
    matched(party, Finding("n-tax-infant", Standing.ENTITLED, amount=200_000))
    offer = the_offer(party, "n-tax-infant")
    assert claim(offer, li().actor) == "granted"
    with pytest.raises(Refused) as refused:
        claim(offer, li().actor)
    assert refused.value.rule == "claimed_already"
    assert queries.figures(["n-tax-infant"])["n-tax-infant"].granted_fen == 200_000


def test_who_is_no_longer_entitled_is_told_so_at_the_claim(published: Library) -> None:
    party = party_of(li()).id
    matched(party, Finding("n-tax-infant", Standing.ENTITLED, amount=200_000))
    offer = the_offer(party, "n-tax-infant")
    with pytest.raises(Refused) as refused:
        claim(offer, li().actor, Finding("n-tax-infant", Standing.NO))
    assert refused.value.rule == "no_longer_entitled"


def test_nobody_claims_or_sees_what_is_somebody_elses(published: Library) -> None:
    party = party_of(li()).id
    matched(party, Finding("n-tax-infant", Standing.ENTITLED))
    offer = the_offer(party, "n-tax-infant")
    for actor in (chen().actor, lin().actor, zhao().actor):
        with pytest.raises(NotFound):
            claim(offer, actor)
        with pytest.raises(NotFound):
            queries.get_offer(offer.region, offer.id, actor)


def test_when_the_money_is_spent_it_stops_and_goes_on_when_there_is_more(published: Library) -> None:
    operations.set_budget(code="n-tax-infant", fen=300_000, actor=SYSTEM, at=AT)
    one, two = party_of(li()).id, party_of(chen()).id
    for party in (one, two):
        matched(party, Finding("n-tax-infant", Standing.ENTITLED, amount=200_000))
    assert claim(the_offer(one, "n-tax-infant"), li().actor) == "granted"
    with pytest.raises(Refused) as refused:
        claim(the_offer(two, "n-tax-infant"), chen().actor)
    assert refused.value.rule == "budget_spent"
    with pytest.raises(Refused):
        operations.set_budget(code="n-tax-infant", fen=100_000, actor=SYSTEM, at=AT)
    operations.set_budget(code="n-tax-infant", fen=400_000, actor=SYSTEM, at=AT)
    assert claim(the_offer(two, "n-tax-infant"), chen().actor) == "granted"
    assert queries.get_policy("n-tax-infant").exhausted


def test_a_paused_policy_waits(published: Library) -> None:
    party = party_of(li()).id
    matched(party, Finding("n-tax-infant", Standing.ENTITLED))
    operations.pause(code="n-tax-infant", actor=SYSTEM, at=AT)
    with pytest.raises(Refused) as refused:
        claim(the_offer(party, "n-tax-infant"), li().actor)
    assert refused.value.rule == "paused"
    operations.resume(code="n-tax-infant", actor=SYSTEM, at=AT)
    assert claim(the_offer(party, "n-tax-infant"), li().actor) == "granted"


def test_an_application_is_checked_and_a_refusal_gives_the_money_back(published: Library) -> None:
    operations.set_budget(code="n-childcare", fen=400_000, actor=SYSTEM, at=AT)
    party, offer_ = party_of(li()).id, "n-childcare"
    matched(party, Finding(offer_, Standing.ENTITLED, amount=360_000))
    with pytest.raises(Refused) as refused:
        claim(the_offer(party, offer_), li().actor)
    assert refused.value.field == "account"
    assert claim(the_offer(party, offer_), li().actor, supplied={"account": "6222 0000"}) == "claimed"
    assert queries.get_policy(offer_).left_fen == 40_000
    offer = the_offer(party, offer_)
    kept = queries.claim_of(offer)
    assert kept["supplied"] == {"account": "6222 0000"}
    with pytest.raises(NotFound):
        decide(offer, zhao().actor, grant=True)
    with pytest.raises(Refused):
        decide(offer, governor().actor, grant=False)
    decide(offer, governor().actor, grant=False, reason="账号不符")
    assert queries.refusal(the_offer(party, offer_)) == "账号不符"
    assert queries.get_policy(offer_).left_fen == 400_000


def decide(offer: Offer, actor: Any, *, grant: bool, reason: str = "") -> None:
    operations.decide(region=offer.region, id=offer.id, grant=grant, reason=reason, actor=actor, at=AT2)


def test_an_appeal_that_is_upheld_is_taken_up_by_hand(published: Library) -> None:
    party = party_of(li()).id
    matched(party, Finding("n-disabled-living", Standing.NEARLY, failing="low"))
    offer = the_offer(party, "n-disabled-living")
    operations.appeal(region=LICHENG, id=offer.id, text="我家是低保户", actor=li().actor, at=AT2)
    with pytest.raises(Refused):
        operations.appeal(region=LICHENG, id=offer.id, text="再说一次", actor=li().actor, at=AT2)
    (waiting,) = queries.list_appeals(governor().actor)
    assert queries.list_appeals(zhao().actor) == []
    assert queries.texts(LICHENG, [waiting.text]) == {waiting.text: "我家是低保户"}
    operations.answer(
        region=LICHENG, id=waiting.id, upheld=True, text="已核实", actor=governor().actor, at=AT2
    )
    (claims, total) = queries.list_to_check(governor().actor)
    assert (total, claims[0].id) == (1, offer.id)
    decide(claims[0], governor().actor, grant=True)
    assert the_offer(party, "n-disabled-living").status is Status.GRANTED
    figures = queries.figures(["n-disabled-living"])["n-disabled-living"]
    assert (figures.nearly, figures.entitled, figures.granted) == (0, 1, 1)


def test_reading_is_counted_once_and_only_for_ones_own(published: Library) -> None:
    party = party_of(li()).id
    matched(party, Finding("n-tax-infant", Standing.ENTITLED))
    assert queries.unread([party]) == 1
    for actor in (chen().actor, li().actor, li().actor):
        operations.mark_read(offers=queries.list_offers([party]), actor=actor, at=AT2)
    assert queries.unread([party]) == 0
    assert queries.figures(["n-tax-infant"])["n-tax-infant"].read == 1


def test_a_person_states_only_what_is_theirs_to_state_and_a_register_overrules_it(published: Library) -> None:
    party = party_of(li()).id
    told: dict[str, Any] = {
        "region": LICHENG,
        "party": party,
        "elements": published.elements,
        "actor": SYSTEM,
        "at": AT,
    }
    with pytest.raises(Refused) as refused:
        operations.record_known(**told, source="stated", values={"person.low_income": True})
    assert refused.value.rule == "not_yours_to_state"
    with pytest.raises(Refused):
        operations.record_known(**told, source="stated", values={"person.youngest_order": "二"})
    operations.record_known(**told, source="stated", values={"person.youngest_order": 2})
    operations.record_known(**told, source="health", values={"person.youngest_born": date(2025, 8, 20)})
    row, stated = queries.known_of(LICHENG, [party])[party]
    assert stated == {"person.youngest_order"}
    assert queries.typed(row, published.elements)["person.youngest_born"] == date(2025, 8, 20)
    operations.record_known(**told, source="health", values={"person.youngest_order": 3})
    row, stated = queries.known_of(LICHENG, [party])[party]
    assert (row["person.youngest_order"], stated) == (3, frozenset())


def test_a_briefing_is_announced_signed_up_for_attended_and_ended(published: Library) -> None:
    told: dict[str, Any] = {
        "region": LICHENG,
        "office": f"{LICHENG}-market",
        "title": "惠企政策面对面",
        "codes": [],
        "place": "",
    }
    when = datetime(2026, 3, 20, 7, tzinfo=UTC)
    for link in ("", "http://x.example/1"):
        with pytest.raises(Refused):
            operations.announce(**told, starts_at=when, link=link, actor=lin().actor, at=AT2)
    with pytest.raises(Refused):
        operations.announce(**told, starts_at=when, link="https://x.example/1", actor=zhao().actor, at=AT2)
    id = operations.announce(**told, starts_at=when, link="https://x.example/1", actor=lin().actor, at=AT2)
    party = party_of(li()).id
    for _ in range(2):
        operations.sign_up(region=LICHENG, briefing=id, party=party, actor=li().actor, at=AT2)
    operations.attend(region=LICHENG, briefing=id, parties=[], actor=lin().actor, at=when)
    for _ in range(2):  # whoever has not signed up is passed over, and nobody comes twice
        people = [party, party_of(chen()).id]
        operations.attend(region=LICHENG, briefing=id, parties=people, actor=lin().actor, at=when)
    assert Fact.objects.filter(kind=events.ATTENDED).count() == 1
    operations.end_briefing(region=LICHENG, briefing=id, views=46, actor=lin().actor, at=when)
    found = queries.get_briefing(LICHENG, id, lin().actor)
    assert (found.signed_up, found.came, found.views) == (1, 1, 46)
    with pytest.raises(Refused):
        operations.sign_up(
            region=LICHENG, briefing=id, party=party_of(chen()).id, actor=chen().actor, at=when
        )


def test_a_window_and_a_paper_are_there_for_everybody(published: Library) -> None:
    told: dict[str, Any] = {
        "region": LICHENG,
        "hall": f"{LICHENG}-hall",
        "window": "3",
        "actor": lin().actor,
        "at": AT2,
    }
    operations.set_window(**told, departments=["market"], hours="周一至周五")
    operations.set_window(**told, departments=["market"], hours="每天")
    assert [one.hours for one in queries.list_windows(CITY)] == ["每天"]
    pdf = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"
    paper: dict[str, Any] = {
        "region": LICHENG,
        "title": "政策汇编",
        "department": "market",
        "policy": "",
        "actor": lin().actor,
    }
    with pytest.raises(Refused):
        operations.file_paper(**paper, name="a.exe", content=pdf, at=AT2)
    operations.file_paper(**paper, name="a.pdf", content=pdf, at=AT2)
    assert [one.title for one in queries.list_papers(CITY)] == ["政策汇编"]
