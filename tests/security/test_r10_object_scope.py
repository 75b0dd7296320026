"""Requirement 10: what belongs to somebody else is not there — on no page, in no list, count, search, file or answer.

Everything in the scene is 李秀英's and 鲤城区's. Foreign are another citizen, another office of the same county, and
everybody of 晋江市.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import chain
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client

from banshi.contexts.cases.models import Case
from banshi.contexts.intake.models import Application, Evidence
from banshi.directory import operations as directory
from banshi.directory.models import PostHeld
from banshi.directory.values import PostKind
from banshi.infra.models import Fact
from banshi.kernel.actors import SYSTEM
from tests import personas
from tests.conftest import StoppedClock
from tests.personas import AT, JINJIANG, LICHENG, Persona
from tests.security import town
from tests.security.scene import Address, Scene, addresses, scene
from tests.security.test_r09_declared_permissions import outcome
from tests.security.town import ITEM, MATERIALS, PDF, VALUES, Matter, Visitor, file, hidden

pytestmark = pytest.mark.django_db


def other_office() -> Persona:
    """教育局 of 鲤城区, which has no part in a food licence."""
    code = f"{LICHENG}-education"
    if not PostHeld.objects.filter(office=code).exists():
        directory.create_office(
            code=code, name="鲤城区教育局", department="education", region_code=LICHENG, actor=SYSTEM, at=AT
        )
    return personas.staff("jiao", "焦教育", LICHENG, PostKind.OFFICER, code)


FOREIGN: dict[str, Callable[[], Persona]] = {
    "another citizen": town.chen,
    "another office": other_office,
    "officer": personas.zhao,
    "approver": town.foreign_approver,
    "clerk": town.foreign_clerk,
    "health": town.foreign_health,
    "supervisor": lambda: town.supervisor(JINJIANG),
    "caller": lambda: personas.staff("yu", "余回访", JINJIANG, PostKind.CALLER),
    "dispatcher": lambda: personas.staff("pei", "裴派单", JINJIANG, PostKind.DISPATCHER),
    "administrator": lambda: town.admin(JINJIANG),
}
OWN: dict[str, Callable[[], Persona]] = {
    "applicant": personas.li,
    "caller": lambda: personas.staff("xu", "许回访", personas.CITY, PostKind.CALLER),
    "dispatcher": lambda: personas.staff("pan", "潘派单", personas.CITY, PostKind.DISPATCHER),
    "clerk": personas.wang,
    "officer": personas.lin,
    "health": town.health,
    "approver": personas.huang,
    "supervisor": town.supervisor,
    "administrator": personas.guan,
}
# What a command or a form may state; with it, a request fails for whom it comes from and for nothing else.
STATED = {
    "text": "说明",
    "work": "paper_review",
    "kind": "testing",
    "days": 5,
    "how": "window",
    "reference": "市场监管局",
    "office": f"{LICHENG}-health",
    "grade": "satisfied",
    "indicators": [],
    "name": "新名字",
    "verdict": "pass",
    "on": "2026-03-16",
    "people": ["staff:1"],
}
# What one step states otherwise.
STATED_FOR = {"opine": {"verdict": "agree"}, "cancel": {"kind": "expired"}, "revoke": {"kind": "other"}}


@pytest.fixture
def here(clock: StoppedClock) -> Scene:
    return scene()


def visitors(who: dict[str, Callable[[], Persona]]) -> dict[str, Visitor]:
    return {name: Visitor.signed_in(persona()) for name, persona in who.items()}


def ask(visitor: Visitor, method: str, path: str) -> tuple[int, str, str]:
    """Status, outcome and content; whatever it did is undone, but for being told."""
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    for name, morsel in visitor.client.cookies.items():
        client.cookies[name] = morsel.value
    headers = {"Idempotency-Key": str(uuid4()), "File-Name": "a.pdf"}
    body, kind = b"", "application/x-www-form-urlencoded"
    if path.startswith("/api/"):
        headers["Authorization"] = f"Bearer {visitor.token}"
        stated = STATED | STATED_FOR.get(path.rsplit("/", 1)[1], {})
        body, kind = (
            (PDF, "application/pdf") if method == "PUT" else (json.dumps(stated).encode(), "application/json")
        )
    elif method == "POST":
        body = f"command_id={uuid4()}&seq=1&text=x&reason=x&act=check".encode()
    with transaction.atomic():
        answer = client.generic(method, path, body, content_type=kind, headers=headers)
        transaction.set_rollback(True)
    content = answer.content.decode("utf-8", "replace")
    return answer.status_code, outcome(answer.status_code, answer.headers.get("Location", "")), content


def of_things() -> list[Address]:
    """Every address that names a thing which belongs to somebody; briefings, papers, surveys and points are published."""
    public = ("policies/briefings/", "policies/papers/", "voice/surveys/", "voice/points/")
    return [one for one in addresses() if "id" in one.parts and not one.route.startswith(public)]


def test_whoever_has_no_part_in_it_finds_nothing_at_any_address(here: Scene) -> None:
    strangers, found = visitors(FOREIGN), []
    assert len(of_things()) > 45
    for address in of_things():
        path = address.filled(here)
        for method in address.methods:
            for name, visitor in strangers.items():
                status, told, _ = ask(visitor, method, path)
                if told not in ("hidden", "-"):
                    found.append(f"{name}: {method} {path} → {status}")
    assert found == [], "\n".join(found)


def test_its_own_people_do_find_it(here: Scene) -> None:
    """Or the test above would say nothing."""
    own = visitors(OWN)
    for address in of_things():
        path = address.filled(here)
        told = {ask(visitor, method, path)[1] for method in address.methods for visitor in own.values()}
        assert "in" in told, address.route


def test_a_foreign_thing_and_none_at_all_look_the_same(here: Scene) -> None:
    strangers = visitors(FOREIGN)
    for address in of_things():
        path = address.filled(here)
        nothing = re.sub(r"/[0-9a-f-]{36}", lambda _: f"/{uuid4()}", path, count=1)
        if nothing == path:  # members of staff have short numbers
            nothing = re.sub(r"/people/\d+", "/people/999999", path)
        for name, visitor in strangers.items():
            one, other = ask(visitor, address.methods[0], path), ask(visitor, address.methods[0], nothing)
            assert (one[0], plain(one[2])) == (other[0], plain(other[2])), f"{name}: {path}"


def plain(page: str) -> str:
    """Without what differs from one answer to the next anyway."""
    return re.sub(r'(csrfmiddlewaretoken" value|content|name="next" value|nonce)="[^"]*"', "", page)


def test_the_right_number_in_another_county_is_nothing(here: Scene) -> None:
    own = visitors(OWN)
    for address in of_things():
        if "region" not in address.parts:
            continue
        path = re.sub(f"/({LICHENG}|{personas.CITY})/", f"/{JINJIANG}/", address.filled(here))
        for visitor in own.values():
            for method in address.methods:
                assert ask(visitor, method, path)[1] in ("hidden", "-"), f"{method} {path}"


# ---- lists, searches, counts ----


def lists(here: Scene) -> dict[str, list[str]]:
    """Pages that list, by who would find something there, each with a search for exactly that."""
    number, item = here.number(here.taken), "食品"
    return {
        "applicant": [
            "/",
            "/me",
            "/me/matters",
            "/me/certificates",
            f"/apply/item/{ITEM}",
            "/api/v1/matters",
        ],
        "clerk": [
            *("/counter/", "/counter/choose/", "/counter/taken/", f"/counter/taken/?q={number}"),
            *(f"/counter/taken/?show={show}" for show in ("correcting", "deliver")),
            *(f"/api/v1/cases?search={number}", "/api/v1/tasks"),
        ],
        "officer": [
            *("/officer/", "/officer/cases/", f"/officer/cases/?q={number}", f"/officer/?q={number}"),
            *(f"/officer/?q={item}", "/officer/cases/?status=received", "/officer/?list=cases&step=accept"),
            *(
                "/api/v1/cases",
                "/api/v1/tasks",
                f"/api/v1/cases?search={number}",
                f"/api/v1/tasks?search={number}",
            ),
        ],
        "administrator": ["/staff/people/", "/staff/people/?q=wang", "/staff/people/?q=王秀兰"],
    }


def marks(here: Scene) -> set[str]:
    """By which one would know that something of the scene is on a page."""
    matters = (here.draft, here.correcting, here.granted, here.taken, here.clerks_draft)
    ids = {str(id) for matter in matters for id in (matter.id, matter.case) if id}
    numbers = set(Case.objects.values_list("number", flat=True))
    return (
        ids | numbers | {number[-6:] for number in numbers} | {"王秀兰", "李秀英", str(here.certificate.id)}
    )


def read(visitor: Visitor, address: str) -> str:
    if address.startswith("/api/v1/"):
        path, _, query = address.removeprefix("/api/v1/").partition("?")
        return visitor.api("GET", path, **dict(part.split("=") for part in query.split("&") if part)).text
    return visitor.client.get(address).content.decode()


def test_no_list_search_or_count_holds_anything_foreign(here: Scene) -> None:
    strangers, known = visitors(FOREIGN), marks(here)
    for name, visitor in strangers.items():
        for address in chain(*lists(here).values()):
            content = read(visitor, address)
            # A search repeats what was searched for.
            sought = re.sub(r'value="[^"]*"', "", content) if "q=" in address else content
            assert [mark for mark in known if mark in sought] == [], f"{name}: {address}"
            if address.startswith("/api/v1/") and '"total"' in content:
                assert json.loads(content)["total"] == 0, f"{name}: {address}"


def test_the_lists_of_its_own_people_hold_it(here: Scene) -> None:
    own, known = visitors(OWN), marks(here)
    clerk = own["clerk"]
    clerk.sent(clerk.post("/counter/window/", {"window": f"{LICHENG}-hall/1"}))
    clerk.sent(clerk.post("/counter/read/", {"number": personas.resident_id(1)}), "choose")
    empty = {"/", "/me", "/counter/taken/?show=correcting", "/counter/taken/?show=deliver", "/api/v1/tasks"}
    for name, pages in lists(here).items():
        for address in set(pages) - empty:
            content = read(own[name], address)
            assert [mark for mark in known if mark in content], f"{name}: {address}"


# ---- one thing inside another ----


@pytest.fixture
def chens(here: Scene) -> tuple[Visitor, Matter]:
    """陈志强 and a case of his own at the same office, with other files."""
    chen = Visitor.signed_in(town.chen())
    matter = town.begin(chen)
    stated = VALUES | {"operator_name": "陈志强", "operator_id": personas.resident_id(2)}
    town.fill(chen, matter, stated)
    town.hand_over(chen, matter, PDF.replace(b"<< >>", b"<< /Title (chen) >>", 1))
    town.submit(chen, matter)
    town.deliver()
    return chen, matter


def test_foreign_papers_do_not_come_through_ones_own_case(here: Scene, chens: tuple[Visitor, Matter]) -> None:
    chen, own = chens
    lin, wang = Visitor.signed_in(personas.lin()), Visitor.signed_in(personas.wang())
    theirs, digest = here.paper(here.taken), here.digest(here.taken)
    assert chen.get(f"{own.own}/papers/{here.paper(own)}.pdf").status == 200
    assert chen.get(f"{own.own}/papers/{theirs}.pdf").status == 404
    assert chen.api("GET", f"cases/{own.region}/{own.case}/documents/{theirs}").status == 404
    assert chen.api("GET", f"cases/{own.region}/{own.case}/materials/99").status == 404
    # The officer handles both, yet each paper is of one case.
    assert lin.get(f"{own.desk}/material/{here.digest(own)}/").status == 200
    assert lin.get(f"{own.desk}/material/{digest}/").status == 404
    assert lin.get(f"{own.desk}/paper/{theirs}/").status == 404
    assert wang.get(f"/counter/case/{LICHENG}/{here.taken.case}/paper/{here.paper(own)}/").status == 404
    assert wang.get(f"/counter/case/{LICHENG}/{here.taken.case}/paper/{theirs}/").status == 200


def test_foreign_files_are_not_taken_out_of_a_draft(here: Scene, chens: tuple[Visitor, Matter]) -> None:
    chen, own = chens
    draft = town.begin(chen)
    for path in (f"{draft.draft}/materials/{MATERIALS[0]}/remove/{here.evidence}",):
        chen.post(path)
    assert (
        chen.api(
            "DELETE", f"applications/{LICHENG}/{draft.id}/materials/{MATERIALS[0]}/{here.evidence}"
        ).status
        == 404
    )
    wang = Visitor.signed_in(personas.wang())
    wang.post(f"/counter/draft/{LICHENG}/{here.clerks_draft.id}/", {"act": f"remove:{here.evidence}"})
    lin = Visitor.signed_in(personas.lin())
    town.do(lin, own, "request_correction", text="请补。")
    chen.post(f"{own.own}/correct/materials/{MATERIALS[0]}", {"file": file("a.pdf", PDF)})
    chen.post(f"{own.own}/correct/materials/{MATERIALS[0]}", {"remove": str(here.evidence)})
    assert Evidence.objects.filter(id=here.evidence).exists()


def test_nobody_begins_something_in_anothers_name(here: Scene) -> None:
    chen, party = Visitor.signed_in(town.chen()), personas.party_of(personas.li()).id
    mine = personas.party_of(town.chen()).id
    page = chen.get(f"/apply/item/{ITEM}").text
    stated = {"county": LICHENG, "party": str(party), "command_id": hidden(page, "command_id")}
    chen.sent(chen.post(f"/apply/item/{ITEM}", stated))
    told = chen.api(
        "POST", "applications", {"kind": "item", "code": ITEM, "region": LICHENG, "party": str(party)}
    )
    assert (told.status, told.response.json()["rule"]) == (422, "party")
    owner = town.chen().account
    assert set(Application.objects.filter(owner=owner).values_list("party_id", flat=True)) == {mine}


def test_the_window_serves_whom_it_has_read_and_nobody_else(here: Scene) -> None:
    wang = Visitor.signed_in(personas.wang())
    wang.sent(wang.post("/counter/window/", {"window": f"{LICHENG}-hall/1"}))
    assert wang.post("/counter/window/", {"window": f"{JINJIANG}-hall/1"}).status == 422
    town.chen()
    wang.sent(wang.post("/counter/read/", {"number": personas.resident_id(2)}))
    page = wang.get("/counter/choose/").text
    stated = {"person": str(personas.party_of(personas.li()).id), "target": f"item:{ITEM}"}
    before = Application.objects.count()
    assert wang.post("/counter/begin/", stated | {"command_id": hidden(page, "command_id")}).status == 422
    assert Application.objects.count() == before


def test_an_administrator_gives_no_post_beyond_their_county(here: Scene) -> None:
    admin = Visitor.signed_in(town.admin(JINJIANG))
    own = personas.staff("xin", "辛新人", JINJIANG)
    before = PostHeld.objects.count()
    for place in (f"{LICHENG}-market", f"{LICHENG}-hall", LICHENG, "350500"):
        for kind in ("officer", "window_clerk", "supervisor"):
            told = admin.post(
                f"/staff/people/{own.id}/posts/",
                {"kind": kind, "office": place, "place": place, "region": place, "from_on": "2026-03-02"},
            )
            assert told.status == 422, (place, kind)
    assert PostHeld.objects.count() == before


# ---- commands ----


def test_a_foreign_command_changes_nothing(here: Scene) -> None:
    """Asked for by everybody foreign through page and API, with all that it may state."""
    strangers = visitors(FOREIGN)
    before = (Fact.objects.count(), set(Case.objects.values_list("id", "seq")))
    commands = [one.route.rsplit("/", 1)[1] for one in addresses() if "/commands/" in one.route]
    assert {"accept", "decide", "withdraw", "supply_correction"} <= set(commands)
    for visitor in strangers.values():
        for matter in (here.taken, here.correcting, here.granted):
            for name in commands:
                stated = STATED | STATED_FOR.get(name, {})
                assert (
                    visitor.api("POST", f"cases/{LICHENG}/{matter.case}/commands/{name}", stated).status
                    == 404
                )
                form = {key: str(value) for key, value in stated.items()} | {
                    "command_id": str(uuid4()),
                    "seq": "1",
                }
                for desk in ("officer", "counter"):
                    assert (
                        visitor.post(f"/{desk}/case/{LICHENG}/{matter.case}/do/{name}/", form).status == 404
                    )
    assert (Fact.objects.count(), set(Case.objects.values_list("id", "seq"))) == before


def test_another_persons_key_does_not_bring_their_answer(here: Scene) -> None:
    """A repeat is answered from the receipt: only to who asked, and only for the same thing."""
    li, chen = Visitor.signed_in(personas.li()), Visitor.signed_in(town.chen())
    key = {"Idempotency-Key": str(UUID(int=77))}
    body = {"kind": "item", "code": ITEM, "region": LICHENG}
    first = li.api("POST", "applications", body, key).response.json()["id"]
    assert li.api("POST", "applications", body, key).response.json()["id"] == first
    assert chen.api("POST", "applications", body, key).response.json()["id"] != first
