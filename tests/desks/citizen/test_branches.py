"""连锁和分支机构 (row 65): the agent of several firms ticks the others on the page that shows everything, and submits once."""

from __future__ import annotations

import re
from datetime import date

import pytest

from banshi.contexts.cases.models import Case
from banshi.contexts.intake.models import Application
from banshi.directory import operations as directory
from banshi.directory.values import MandateRole, PartyKind, PartyRef
from banshi.kernel.actors import SYSTEM
from banshi.kernel.ids import uscc_check_char
from tests.conftest import StoppedClock
from tests.personas import AT, JINJIANG, LICHENG, Persona, li, party_of
from tests.security.town import ITEM, VALUES, Answer, Matter, Visitor, chen, fill, hand_over, hidden, town

pytestmark = pytest.mark.django_db


def firm(name: str, serial: int, region: str, agent: Persona) -> PartyRef:
    """A firm whose matters this person may see to."""
    body = f"91{region}YYYY{serial:05}"
    found = directory.create_party(
        kind=PartyKind.ENTERPRISE, number=body + uscc_check_char(body),
        content={"name": name, "address": f"{name}的地址", "legal_person": "李秀英"}, region_code=region,
        actor=SYSTEM, at=AT,
    )  # fmt: skip
    directory.grant_mandate(
        agent=party_of(agent).id, principal=found, role=MandateRole.AGENT, from_on=date(2026, 1, 1),
        actor=SYSTEM, at=AT,
    )  # fmt: skip
    return found


@pytest.fixture
def firms(clock: StoppedClock) -> dict[str, PartyRef]:
    """李秀英 acts for a head office and two branches, one of them in the next county; 陈志强 for a firm of his own."""
    town()
    return {
        "head": firm("总店", 1, LICHENG, li()),
        "near": firm("一分店", 2, LICHENG, li()),
        "far": firm("二分店", 3, JINJIANG, li()),
        "strange": firm("别家店", 4, LICHENG, chen()),
    }


@pytest.fixture
def citizen(firms: dict[str, PartyRef]) -> Visitor:
    return Visitor.signed_in(li())


@pytest.fixture
def matter(citizen: Visitor, firms: dict[str, PartyRef]) -> Matter:
    """A food licence for the head office, filled in."""
    address = f"/apply/item/{ITEM}"
    given = {"county": LICHENG, "command_id": hidden(citizen.get(address).text, "command_id")}
    citizen.sent(citizen.post(address, given | {"party": str(firms["head"].id)}), "/a/")
    matter = Matter(LICHENG, Application.objects.get().id)
    fill(citizen, matter, VALUES)
    hand_over(citizen, matter)
    return matter


def submitted(citizen: Visitor, matter: Matter, *branches: PartyRef) -> Answer:
    page = f"{matter.draft}/check"
    given = {
        "command_id": hidden(citizen.get(page).text, "command_id"),
        "branch": [str(branch.id) for branch in branches],
    }
    return citizen.post(page, given)


def test_the_others_of_this_agent_can_be_ticked_and_nobody_elses(
    citizen: Visitor, matter: Matter, firms: dict[str, PartyRef]
) -> None:
    page = citizen.get(f"{matter.draft}/check").text
    offered = re.findall(r'<input type="checkbox"[^>]* name="branch"[^>]* value="([^"]+)"', page)
    assert set(offered) == {str(firms["near"].id), str(firms["far"].id)}
    assert not re.search(r'name="branch"[^>]* checked', page)
    assert "同时为这些企业办同样的事" in page
    assert "一分店" in page
    assert "别家店" not in page


def test_each_ticked_firm_gets_an_application_of_its_own_at_its_own_place(
    citizen: Visitor, matter: Matter, firms: dict[str, PartyRef]
) -> None:
    done = citizen.sent(submitted(citizen, matter, firms["near"], firms["far"]), "/done").location
    assert set(Case.objects.values_list("party_id", "office_code")) == {
        (firms["head"].id, f"{LICHENG}-market"),
        (firms["near"].id, f"{LICHENG}-market"),
        (firms["far"].id, f"{JINJIANG}-market"),
    }
    assert "共 3 份申请" in citizen.get(done).text
    matters = citizen.get("/me/matters").text
    assert all(name in matters for name in ("总店", "一分店", "二分店"))
    assert all(f"/m/{one.region_code}/{one.id}" in matters for one in Application.objects.all())


def test_nothing_ticked_is_one_application(citizen: Visitor, matter: Matter) -> None:
    done = citizen.sent(submitted(citizen, matter), "/done").location
    assert Case.objects.count() == 1
    assert "份申请" not in citizen.get(done).text


def test_a_firm_that_somebody_else_acts_for_is_not_there_and_nothing_is_handed_in(
    citizen: Visitor, matter: Matter, firms: dict[str, PartyRef]
) -> None:
    assert submitted(citizen, matter, firms["near"], firms["strange"]).status == 404
    assert not Case.objects.exists()
    assert Application.objects.get().submitted_at is None


def test_a_person_is_offered_no_firms_to_apply_with(citizen: Visitor) -> None:
    address = f"/apply/item/{ITEM}"
    given = {"county": LICHENG, "command_id": hidden(citizen.get(address).text, "command_id")}
    citizen.sent(citizen.post(address, given | {"party": str(party_of(li()).id)}), "/a/")
    matter = Matter(LICHENG, Application.objects.get().id)
    fill(citizen, matter, VALUES)
    hand_over(citizen, matter)
    assert 'name="branch"' not in citizen.get(f"{matter.draft}/check").text
