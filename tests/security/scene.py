"""One thing of each kind that belongs to 鲤城区 and to 李秀英, and every address of the house with such things in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.urls import URLPattern, URLResolver, get_resolver

from banshi.contexts.cases import queries as cases
from banshi.contexts.cases.models import Case, Document
from banshi.contexts.certificates.models import Certificate
from banshi.contexts.evaluation import operations as evaluation
from banshi.contexts.evaluation.models import CallRow, Review
from banshi.contexts.intake.models import Application, Evidence
from banshi.contexts.policies import operations as policy_operations
from banshi.contexts.policies import queries as policies
from banshi.contexts.policies.values import Offer
from banshi.contexts.tickets import operations as ticket_operations
from banshi.contexts.tickets.models import Occasion, Ticket
from banshi.contexts.tickets.values import Input, Words
from banshi.directory.calendar import calendar
from banshi.directory.models import PostHeld
from banshi.directory.values import PostKind
from banshi.flows import policy_offers, rate
from banshi.infra import clock
from banshi.infra.config import DATA
from banshi.kernel.actors import ANONYMOUS, SYSTEM
from banshi.kernel.workdays import civil_day
from tests import personas
from tests.personas import LICHENG
from tests.security import town
from tests.security.town import ITEM, MATERIALS, VALUES, Matter, Visitor, do, file, hidden


@dataclass(frozen=True)
class Scene:
    """李秀英 and 鲤城区: a draft, a case to be corrected, one granted, and one taken at the window with a draft beside it."""

    draft: Matter
    evidence: UUID
    correcting: Matter
    granted: Matter
    taken: Matter
    clerks_draft: Matter
    clerk: int
    post: int

    def number(self, matter: Matter) -> str:
        return str(Case.objects.get(id=matter.case).number)

    def paper(self, matter: Matter) -> UUID:
        found: UUID = Document.objects.filter(case_id=matter.case).exclude(file="").order_by("id")[0].id
        return found

    def digest(self, matter: Matter) -> str:
        """Of the first file handed over."""
        state = cases.get_case(matter.region, matter.case, SYSTEM)  # type: ignore[arg-type]
        return str(cases.subject(state)["materials"][0]["file"])

    @property
    def certificate(self) -> Certificate:
        return Certificate.objects.get()


def scene() -> Scene:
    """Made through the pages by those who are there."""
    town.town()
    li, lin, huang = (Visitor.signed_in(who()) for who in (personas.li, personas.lin, personas.huang))
    wang, wei = Visitor.signed_in(personas.wang()), Visitor.signed_in(town.health())
    granted = town.applied(li)
    do(lin, granted, "accept", dispatch="on")
    town.works(granted, lin, wei)
    do(lin, granted, "review", verdict="pass")
    do(huang, granted, "decide", verdict="pass")
    correcting = town.applied(li)
    do(lin, correcting, "request_correction", text="补一份租赁合同。")
    taken, clerks_draft = at_the_window(wang, lin), at_the_window(wang, lin, submit=False)
    draft = town.begin(li)
    town.fill(li, draft, VALUES)
    town.hand_over(li, draft)
    town.deliver()
    # As if it were of a bundle that the market office leads.
    Application.objects.filter(id=granted.id).update(lead_office=f"{LICHENG}-market")
    evidence = Evidence.objects.filter(application_id=draft.id, material=MATERIALS[0]).get().id
    post = PostHeld.objects.get(staff_id=personas.wang().id).id
    policies_found()
    rated_badly(granted)
    asked_about()
    li.post(
        "/voice",
        {
            "command_id": str(uuid4()),
            "kind": "remark",
            "title": "指示牌看不清",
            "county": LICHENG,
            "who": "named",
        },
    )
    return Scene(draft, evidence, correcting, granted, taken, clerks_draft, personas.wang().id, post)


def policies_found() -> None:
    """A policy for 李秀英, applied for; a briefing and a paper of 鲤城区."""
    library, _ = policies.read_files(DATA / "policies")
    assert library is not None
    party, at = personas.party_of(personas.li()).id, clock.now()
    told = {"person.youngest_born": date(2025, 8, 20)}
    policy_operations.record_known(
        region=LICHENG,
        party=party,
        source="health",
        values=told,
        elements=library.elements,
        actor=SYSTEM,
        at=at,
    )
    policy_offers.publish(library=library, scope=LICHENG, actor=SYSTEM, at=at)
    while policy_offers.step(at):
        pass
    offer = an_offer()
    policy_offers.claim(offer=offer, supplied={"account": "6222"}, actor=personas.li().actor, at=at)
    policy_operations.announce(
        region=LICHENG,
        office=f"{LICHENG}-market",
        title="政策面对面",
        codes=[],
        starts_at=at + timedelta(days=9),
        place="一楼大厅",
        link="",
        actor=personas.lin().actor,
        at=at,
    )
    policy_operations.file_paper(
        region=LICHENG,
        title="政策汇编",
        department="market",
        policy="",
        name="政策汇编.pdf",
        content=town.PDF,
        actor=personas.lin().actor,
        at=at,
    )


def rated_badly(matter: Matter) -> None:
    """What 李秀英 said of her licence, a ticket of the market office by now, and somebody to be called."""
    state = cases.get_case(matter.region, matter.case, SYSTEM)  # type: ignore[arg-type]
    at = clock.now()
    said = rate.Said("dissatisfied", ("207",), "跑了三趟。")
    rate.rate_by_code(code=rate.code_of(state, at), said=said, actor=ANONYMOUS, at=at)
    town.deliver()
    dispatcher = personas.staff("pan", "潘派单", personas.CITY, PostKind.DISPATCHER).actor
    ticket_operations.act(
        "dispatch",
        region=matter.region,
        id=Ticket.objects.get().id,
        actor=dispatcher,
        at=at,
        calendar=calendar(),
        given=Input(reference=f"{LICHENG}-market"),
    )
    town.deliver()


def asked_about() -> None:
    """A round of the city's with a point that is published, and a meeting with firms."""
    dispatcher = personas.staff("pan", "潘派单", personas.CITY, PostKind.DISPATCHER).actor
    at = clock.now()
    for kind in ("survey", "meeting"):
        occasion = ticket_operations.open_occasion(
            region=personas.CITY,
            kind=kind,
            said=ticket_operations.Said("办证堵点大家说"),
            opens_on=civil_day(at),
            closes_on=civil_day(at),
            actor=dispatcher,
            at=at,
        )
        if kind == "survey":
            point, _ = ticket_operations.raise_ticket(
                region=LICHENG,
                kind="pain_point",
                channel="window",
                words=Words("两个窗口盖章"),
                occasion=occasion,
                actor=SYSTEM,
                at=at,
                calendar=calendar(),
            )
    ticket_operations.act(
        "publish",
        region=LICHENG,
        id=point,
        actor=dispatcher,
        at=at,
        calendar=calendar(),
        text="办证要跑两个窗口盖章。",
    )


def own_voice() -> Ticket:
    """What 李秀英 has said herself."""
    found: Ticket = Ticket.objects.get(channel="web")
    return found


def an_offer() -> Offer:
    """The childcare subsidy, which 鲤城区's health office and government handle."""
    found = policies.list_offers([personas.party_of(personas.li()).id])
    return next(one for one in found if one.policy == "n-childcare")


def at_the_window(clerk: Visitor, officer: Visitor, *, submit: bool = True) -> Matter:
    """Li comes to 王秀兰's window with her papers."""
    clerk.sent(clerk.post("/counter/window/", {"window": f"{LICHENG}-hall/1"}))
    clerk.sent(clerk.post("/counter/read/", {"number": personas.resident_id(1)}), "choose")
    page = clerk.get("/counter/choose/").text
    carried = {name: hidden(page, name) for name in ("command_id", "person")}
    begun = clerk.sent(clerk.post("/counter/begin/", carried | {"target": f"item:{ITEM}"}), "draft")
    matter = Matter(LICHENG, UUID(begun.location.split("/")[4]))
    address = f"/counter/draft/{matter.region}/{matter.id}/"
    papers = {f"file_{code}": file("扫描件.pdf", town.PDF) for code in MATERIALS}
    clerk.sent(clerk.post(address, VALUES | papers | {"sheet": list(MATERIALS), "act": "check"}), "check")
    if submit:
        page = clerk.get(f"{address}check/").text
        clerk.sent(clerk.post(f"{address}check/", {"command_id": hidden(page, "command_id")}), "receipt")
        matter.case = cases.list_of_application(matter.region, matter.id)[0].id
    return matter


# ---- every address ----


@dataclass(frozen=True)
class Address:
    """A pattern of the house, with the methods that are asked of it."""

    route: str
    pattern: URLPattern
    methods: tuple[str, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of what varies in it."""
        return tuple(re.findall(r"<(?:\w+:)?(\w+)>", self.route))

    def filled(self, scene: Scene) -> str:
        """The path with what is in the scene. KeyError where nobody has said yet what belongs there."""
        values = things(scene, self.route) if self.parts else {}
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(values[part[1]]), self.route)


def addresses() -> list[Address]:
    """Of the whole site, in the order of their routes."""
    return sorted(_walked(get_resolver().url_patterns, ""), key=lambda one: one.route)


def _walked(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[Address]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walked(one.url_patterns, route)
        else:
            declared = getattr(one.callback, "operations", None)
            yield Address(route, one, tuple(sorted(declared)) if declared else ("GET", "POST"))


def things(scene: Scene, route: str) -> dict[str, object]:
    """What stands for the parts of a route: `region id code …` of the thing that such a page is about."""
    found: dict[str, object] = {"region": LICHENG, "code": ITEM, "name": "desk"}
    if route == "items/<slug:code>/check":
        return {"code": "individual-business-registration"}
    if route.startswith(("items/", "bundles/", "apply/", "api/v1/items/", "api/v1/bundles/", "_components/")):
        return found | ({"code": "newborn"} if "bundle" in route else {})
    if route.startswith(("a/", "api/v1/applications/")):
        return found | {
            "id": scene.draft.id,
            "code": MATERIALS[0],
            "key": "shop",
            "evidence": scene.evidence,
            "file": scene.evidence,
        }
    if route.startswith(("me/policies/", "officer/policies/offers/")):
        return found | {"id": an_offer().id}
    if route.startswith(("policies/briefings/", "officer/policies/briefings/")):
        return found | {"id": policies.list_briefings(LICHENG)[0].id}
    if route.startswith("policies/papers/"):
        return found | {"id": policies.list_papers(LICHENG)[0].id}
    if route.startswith(("policies/", "officer/policies/")):
        return found | {"code": "n-childcare"}
    if route.startswith(("guides/", "counter/guide/")):
        return found | {"code": "construction-project"}
    if route.startswith("officer/bundle/"):
        return found | {"id": scene.granted.id}
    if route.startswith(("c/", "m/")):
        matter = scene.correcting if "/correct" in route or "withdraw" in route else scene.granted
        id = matter.id if route.startswith("m/") else matter.case
        return found | {"id": id, "paper": scene.paper(matter), "code": MATERIALS[0]}
    if route.startswith("me/certificates/"):
        return found | {"id": scene.certificate.id}
    if route.startswith("counter/draft/"):
        return found | {"id": scene.clerks_draft.id}
    if route.startswith(("counter/receipt/", "counter/taken/")):
        return found | {"id": scene.taken.id}
    if route.startswith(("counter/case/", "officer/case/", "supervise/case/", "api/v1/cases/")):
        return found | {
            "id": scene.taken.case,
            "name": "accept",
            "digest": scene.digest(scene.taken),
            "paper": scene.paper(scene.taken),
            "document": scene.paper(scene.taken),
            "n": 0,
        }
    if route.startswith("api/open311/"):
        return {"resource": "services.json"}
    if route.startswith(("voice/surveys/", "voices/occasions/")):
        kind = "survey" if "surveys" in route else "meeting"
        return {"region": personas.CITY, "id": Occasion.objects.get(kind=kind).id}
    if route.startswith("voice/points/"):
        return found | {"id": Ticket.objects.get(kind="pain_point").id}
    if route.startswith("voice/"):
        return {"number": own_voice().number}
    if route.startswith("me/voices/"):
        return found | {"id": own_voice().id, "name": "withdraw"}
    if route.startswith("voices/"):
        row = {"call": CallRow, "review": Review}.get(route.split("/")[1], Ticket).objects.order_by("id")[0]
        return found | {"id": row.id, "name": "sign"}
    if route.startswith("r/"):
        state = cases.get_case(scene.granted.region, scene.granted.case, SYSTEM)  # type: ignore[arg-type]
        return {"code": rate.code_of(state, clock.now())}
    if route.startswith("counter/device/"):
        return {"code": evaluation.device_of(f"{LICHENG}-hall/1", civil_day(clock.now()))}
    if route.startswith("staff/people/"):
        return {"id": scene.clerk, "post": scene.post}
    if route.startswith(("p/", "api/v1/progress/")):
        return {"number": scene.number(scene.granted)}
    if route.startswith(("v/", "api/v1/certificates/")):
        return {"identifier": scene.certificate.identifier}
    raise KeyError(f"tests/security/scene.py: 还没有写明 {route} 里放什么 (say what belongs into it)")
