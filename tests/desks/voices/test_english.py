"""In English no Chinese is left but what people said, what things and people are called, and the name of the other language."""

from __future__ import annotations

import re

import pytest

from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.evaluation import queries as evaluation
from banshi.contexts.evaluation.values import Grade, indicators
from banshi.contexts.tickets import queries
from banshi.contexts.tickets.models import Ticket
from banshi.desks.citizen.voices import DOORS
from banshi.directory.models import Hall, Office, Region, Staff
from tests.conftest import StoppedClock
from tests.desks.citizen.test_voices import say
from tests.desks.voices.people import act, chief, first_ticket, granted, he, pan, rated_badly, xu
from tests.personas import LICHENG, Persona, li, lin
from tests.security.town import Visitor, deliver, supervisor

pytestmark = pytest.mark.django_db
SAID = (
    "窗口说材料不齐，让我跑了三趟，电话",
    "李秀英",
    "李*英",
    "公示了样本",
    "路灯不亮",
    "东街路口",
    "许可证怎么换",
)
NAMES = {"中文", "办事", "办"}  # of the other language, and of the platform
UNSEEN = re.compile(r"(?s)<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]*?>")
TOLD = re.compile(r'\b(?:title|placeholder|aria-label|data-key-label|alt|data-busy)="([^"]*)"')


def data() -> list[str]:
    """What the pages show as it is, the longest first."""
    found = {*SAID, *(part for one in queries.categories().values() for part in one.path)}
    found |= set(Staff.objects.values_list("display_name", flat=True))
    for model in (Hall, Office, Region):
        found |= set(model.objects.values_list("name", flat=True))
    found |= {one.name for one in queries.causes().values()}
    for one in queries.grounds_for(LICHENG):
        found |= {one.name, *one.routes.values()}
    for item in catalogue.catalogue().items.values():
        found |= {item.definition.name, item.definition.plain_name}
    found |= set(catalogue.catalogue().dictionaries.departments.values())
    for grade in Grade:  # with it begins the title of a ticket that a review made
        found |= {f"{grade.label}：", *(one.text for one in indicators()[grade])}
    found |= {
        line
        for script in evaluation.settings_for(LICHENG).scripts.values()
        for one in script.lines
        for line in one.split("{title}")
    }
    return sorted((one for one in found if one), key=len, reverse=True)


def chinese(visitor: Visitor, *pages: str) -> dict[str, list[str]]:
    """Page → what is left of it."""
    found, known = {}, data()
    for page in pages:
        answer = visitor.get(page)
        assert answer.status == 200 and '<html lang="en"' in answer.text, page
        words = "\n".join([UNSEEN.sub("\n", answer.text), *TOLD.findall(answer.text)])
        for one in known:
            words = words.replace(one, "")
        if left := sorted(set(re.findall(r"[\u4e00-\u9fff]+", words)) - NAMES):
            found[page] = left
    return found


def reading(who: Persona) -> Visitor:
    visitor = Visitor.signed_in(who)
    visitor.post("/_components/display/", {"language": "en", "next": "/"})
    return visitor


def linked(visitor: Visitor, address: str, pattern: str) -> list[str]:
    return list(dict.fromkeys(re.findall(rf'href="({pattern})[^"]*"', visitor.get(address).text)))


def whole(visitor: Visitor, address: str) -> dict[str, list[str]]:
    """Of a ticket's page and of the form of each thing that can be done."""
    forms = linked(visitor, address, rf"{address}do/\w+/")
    assert forms
    return chinese(visitor, address, *forms)


def test_the_desk_of_voices(clock: StoppedClock) -> None:
    rated_badly(granted())
    dispatcher, unit, checker, caller, head = map(reading, (pan(), lin(), he(), xu(), chief()))
    address = first_ticket(dispatcher)
    left = [whole(dispatcher, address)]
    dispatcher.sent(act(dispatcher, address, "dispatch", reference=f"{LICHENG}-market"))
    left += [whole(unit, address), whole(head, address)]
    unit.sent(act(unit, address, "sign"))
    left += [whole(checker, address), chinese(head, f"{address}?done=find_cause")]
    lists = ("/voices/", "/voices/tickets/", "/voices/reviews/")
    left += [chinese(one, *lists) for one in (dispatcher, unit, caller, reading(supervisor()))]
    left += [
        chinese(dispatcher, "/voices/new/", "/voices/occasions/", "/voices/points/", "/voices/rewards/"),
        chinese(head, "/voices/figures/"),
        chinese(caller, "/voices/calls/"),
    ]
    caller.sent(caller.post("/voices/calls/next/"))
    left.append(chinese(caller, *linked(caller, "/voices/calls/?show=mine", '/voices/call/[^?"]*')))
    assert [one for one in left if one] == []


def test_what_a_citizen_reads(clock: StoppedClock) -> None:
    granted()
    citizen = reading(li())
    kinds = [f"/voice?kind={kind}" for kind in DOORS]
    left = chinese(citizen, "/voice", "/voice/surveys", *kinds)
    citizen.sent(say(citizen, title="路灯不亮", text="东街路口", office=f"{LICHENG}-market"))
    deliver()
    row = Ticket.objects.get()
    own = f"/me/voices/{row.region_code}/{row.id}"
    pages = ["/me/voices", own, *linked(citizen, own, rf"{own}/\w+"), f"/voice/{row.number}"]
    assert left | chinese(citizen, *pages) == {}
