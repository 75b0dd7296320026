"""Another city's tool reads services and requests and gives a new one, as GeoReport v2 says; nobody's words are shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.http import HttpResponse
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from banshi.contexts.tickets import queries as tickets
from banshi.contexts.tickets.values.codes import Channel
from banshi.desks.console.prove.open311 import read_xml
from banshi.desks.open311 import document
from banshi.infra import api_keys
from banshi.kernel.actors import SYSTEM
from tests.conftest import StoppedClock
from tests.contexts.tickets import raised
from tests.personas import CITY, LICHENG, world

HERE = Path(__file__).parent
BASE = "/api/open311/v2/"
DARK = "city.lighting.dark"
NAME, PHONE, SAID = "金丝雀李秀英", "13850001111", "我是海滨街道的李秀英，路灯三天不亮了。"
GIVEN = {
    "service_code": DARK,
    "address_string": "海滨街道金山路口",
    "lat": "24.9013",
    "long": "118.5936",
    "description": SAID,
    "last_name": NAME,
    "phone": PHONE,
}


@pytest.fixture
def town(db: None, clock: StoppedClock) -> StoppedClock:
    world()
    return clock


@pytest.fixture
def key(town: StoppedClock) -> Iterator[str]:
    until_on = date(2099, 12, 31)
    yield api_keys.issue("open311", "neighbour", until_on=until_on)
    for one in api_keys.issued("open311"):
        api_keys.revoke("open311", one.name)


@cache
def schema(name: str) -> Draft202012Validator:
    """Of the standard's answer, as it is written beside this file."""
    read = {path.name: json.loads(path.read_text("utf-8")) for path in HERE.glob("*.json")}
    registry: Registry[Any] = Registry().with_resources(
        (name, Resource.from_contents(content)) for name, content in read.items()
    )
    return Draft202012Validator(read[f"{name}.json"], registry=registry, format_checker=FormatChecker())


def said_in_xml(answer: HttpResponse, name: str) -> Any:
    """The answer as XML, which the same schema allows once it is read as the JSON that it stands for."""
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    content = answer.content
    assert content.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<')
    found = read_xml(content, TYPES[name])
    schema(name).validate(found)
    return found


# What XML leaves out: of which type a value is.
TYPES = {
    "services": {"type": "array", "items": document.SERVICE},
    "service-definition": document.DEFINITION,
    "requests": {"type": "array", "items": document.REQUEST},
    "created": {"type": "array", "items": document.CREATED},
    "tokens": {"type": "array", "items": document.TOKEN},
    "errors": {"type": "array", "items": document.ERROR},
    "discovery": document.DISCOVERY,
}


def get(path: str, **query: str) -> HttpResponse:
    return Client().get(BASE + path, query)


def held(answer: HttpResponse, name: str) -> Any:
    """The answer as JSON, which the standard's schema allows."""
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    found = json.loads(answer.content)
    schema(name).validate(found)
    return found


def post(key: str, form: str = "json", **changed: str) -> HttpResponse:
    return Client().post(f"{BASE}requests.{form}", _encoded(GIVEN | {"api_key": key} | changed), URLENCODED)


URLENCODED = "application/x-www-form-urlencoded"


def _encoded(given: dict[str, str]) -> str:
    from urllib.parse import urlencode

    return urlencode({name: value for name, value in given.items() if value})


def test_services_are_the_public_categories(town: StoppedClock) -> None:
    found = held(get("services.json"), "services")
    codes = {one["service_code"] for one in found}
    assert DARK in codes
    assert codes == {key for key, one in tickets.categories().items() if one.public and one.leaf}
    definition = held(get(f"services/{DARK}.json"), "service-definition")
    assert [one["code"] for one in definition["attributes"]] == ["notice", "nature"]


def test_a_category_that_is_not_public_is_no_service(town: StoppedClock) -> None:
    hidden = next(key for key, one in tickets.categories().items() if one.leaf and not one.public)
    assert get(f"services/{hidden}.json").status_code == 404
    held(get(f"services/{hidden}.json"), "errors")


def test_a_request_becomes_a_ticket_that_anybody_can_follow(key: str) -> None:
    answer = post(key)
    assert answer.status_code == 201
    number = held(answer, "created")[0]["service_request_id"]
    state = tickets.find_by_number(number)
    assert state is not None
    assert (state.channel, state.category, state.region) == (Channel.OPEN311, DARK, CITY)
    assert tickets.words(state).text == SAID
    contact = tickets.contact(state, SYSTEM)
    assert contact is not None
    assert (contact.name, contact.phone) == (NAME, PHONE)
    found = held(get(f"requests/{number}.json"), "requests")[0]
    assert found["status"] == "open"
    assert (found["address"], found["lat"], found["long"]) == ("海滨街道金山路口", 24.9013, 118.5936)
    assert found["requested_datetime"].endswith("+08:00")
    held(get(f"tokens/{number}.json"), "tokens")


@pytest.mark.parametrize("form", ["json", "xml"])
def test_what_was_written_and_by_whom_is_never_shown(key: str, form: str) -> None:
    number = held(post(key), "created")[0]["service_request_id"]
    for path in (f"requests.{form}", f"requests/{number}.{form}", f"tokens/{number}.{form}"):
        shown = get(path).content.decode()
        assert number in shown
        assert not re.search(f"{NAME}|{PHONE}|{SAID}|三天", shown)


def test_a_ticket_from_elsewhere_is_not_there(key: str) -> None:
    _, number = raised.raised()
    assert get(f"requests/{number}.json").status_code == 404
    assert held(get("requests.json", service_request_id=number), "requests") == []
    assert number not in get("requests.json").content.decode()


def test_a_town_is_named_by_its_code(key: str) -> None:
    answer = post(key, address_string="", lat="", long="", address_id="350502001")
    state = tickets.find_by_number(held(answer, "created")[0]["service_request_id"])
    assert state is not None
    assert (state.region, state.place) == (LICHENG, "350502001")
    assert post(key, address_id="110101001").status_code == 404


def test_requests_are_filtered(key: str, town: StoppedClock) -> None:
    first = held(post(key), "created")[0]["service_request_id"]
    other = held(post(key, service_code="city.green.trees"), "created")[0]["service_request_id"]

    def listed(**query: str) -> set[str]:
        return {one["service_request_id"] for one in held(get("requests.json", **query), "requests")}

    assert listed() == {first, other}
    assert listed(service_code=DARK) == {first}
    assert listed(service_code=f"{DARK},city.green.trees") == {first, other}
    assert listed(service_request_id=f"{other},unknown") == {other}
    assert listed(status="open") == {first, other}
    assert listed(status="closed") == set()
    assert listed(status="open,closed") == {first, other}
    assert len(listed(page_size="1")) == 1
    day = timedelta(days=1)
    assert listed(start_date=(town.at + day).isoformat(), end_date=(town.at + 2 * day).isoformat()) == set()
    assert listed(start_date=(town.at - day).isoformat()) == {first, other}


@pytest.mark.parametrize(
    "query",
    [
        {"status": "done"},
        {"start_date": "2026-03-01"},
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
        {"start_date": "2026-03-02T00:00:00Z", "end_date": "2026-03-01T00:00:00Z"},
        {"end_date": "0001-01-01T00:00:00+08:00"},
        {"page": "0"},
        {"page_size": "5000"},
    ],
    ids=str,
)
def test_a_filter_that_will_not_do_is_told(town: StoppedClock, query: dict[str, str]) -> None:
    answer = get("requests.json", **query)
    assert answer.status_code == 400
    held(answer, "errors")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"service_code": ""}, 400),
        ({"service_code": "nothing"}, 404),
        ({"jurisdiction_id": "110100"}, 404),
        ({"address_string": "", "lat": "", "long": ""}, 400),
        ({"lat": "", "address_string": ""}, 400),
        ({"lat": "nan"}, 400),
        ({"lat": "95"}, 400),
        ({"description": "长" * 4001}, 400),
        ({"phone": "<script>"}, 400),
        ({"email": "nobody"}, 400),
        ({"attribute[nature]": "praise"}, 400),
        ({"description": "a\0b"}, 400),
    ],
    ids=str,
)
def test_a_request_that_will_not_do_raises_nothing(key: str, changed: dict[str, str], status: int) -> None:
    answer = post(key, **changed)
    assert answer.status_code == status
    held(answer, "errors")
    assert held(get("requests.json"), "requests") == []


def test_all_flaws_are_told_at_once(key: str) -> None:
    told = held(post(key, email="nobody", phone="x"), "errors")
    assert [one["code"] for one in told] == [400, 400]


def test_without_a_valid_key_nothing_is_taken_in(key: str, town: StoppedClock) -> None:
    for wrong in ("", "guess", key[:-1]):
        answer = post(wrong)
        assert answer.status_code == 403
        held(answer, "errors")
    ended = api_keys.issue("open311", "former", until_on=town.at.date() - timedelta(days=1))
    assert post(ended).status_code == 403
    api_keys.revoke("open311", "neighbour")
    assert post(key).status_code == 403
    assert held(get("requests.json"), "requests") == []


def test_a_key_is_kept_as_a_digest(key: str) -> None:
    from django.conf import settings

    kept = (settings.BANSHI.folder / "open311-keys.json").read_text("utf-8")
    assert "neighbour" in kept
    assert key not in kept


def test_a_repeat_gets_the_first_answer(key: str) -> None:
    again = {"HTTP_IDEMPOTENCY_KEY": str(uuid4())}
    body = _encoded(GIVEN | {"api_key": key})
    numbers = {
        held(Client().post(f"{BASE}requests.json", body, URLENCODED, **again), "created")[0][
            "service_request_id"
        ]
        for _ in range(2)
    }
    assert len(numbers) == 1
    assert len(held(get("requests.json"), "requests")) == 1


def test_xml_says_the_same(key: str) -> None:
    number = held(post(key, address_string="一路&<二路>"), "created")[0]["service_request_id"]
    answer = get(f"requests/{number}.xml")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    text = answer.content.decode()
    assert text.startswith(
        '<?xml version="1.0" encoding="utf-8"?>\n<service_requests><request><service_request_id>'
    )
    assert "<address>一路&amp;&lt;二路&gt;</address>" in text
    said = held(get(f"requests/{number}.json"), "requests")[0]
    (request,) = ElementTree.fromstring(text)
    assert {child.tag: child.text or None for child in request} == {
        name: None if value is None else str(value) for name, value in said.items()
    }


def test_every_answer_in_xml_says_what_the_one_in_json_says(key: str) -> None:
    number = held(post(key), "created")[0]["service_request_id"]
    again = said_in_xml(post(key, form="xml"), "created")[0]["service_request_id"]
    assert said_in_xml(get(f"requests/{again}.xml"), "requests")[0]["status"] == "open"
    for path, name in (
        ("discovery", "discovery"),
        ("services", "services"),
        (f"services/{DARK}", "service-definition"),
        ("requests", "requests"),
        (f"requests/{number}", "requests"),
        (f"tokens/{number}", "tokens"),
        ("requests/none", "errors"),
        ("services/none", "errors"),
        ("tokens/none", "errors"),
        ("nothing", "errors"),
    ):
        assert said_in_xml(get(f"{path}.xml"), name) == held(get(f"{path}.json"), name), path
    for changed in ({"email": "nobody", "phone": "x"}, {"api_key": "guess"}, {"service_code": "none"}):
        wrong, same = post(key, form="xml", **changed), post(key, **changed)
        assert wrong.status_code == same.status_code
        assert said_in_xml(wrong, "errors") == held(same, "errors")
    refused = Client().delete(f"{BASE}requests.xml")
    assert said_in_xml(refused, "errors")[0]["code"] == refused.status_code == 405


@pytest.mark.parametrize(
    "wrong",
    [
        "<errors><error><code>404</code></error><fault/></errors>",
        "<errors><error><code>404</code><code>404</code></error></errors>",
        "<errors><error><code>none</code></error></errors>",
        "<errors><error><reason>x</reason></error></errors>",
        "<errors><error></errors>",
    ],
)
def test_xml_of_another_form_is_not_passed_over(wrong: str) -> None:
    with pytest.raises((ValueError, KeyError, ElementTree.ParseError)):
        read_xml(wrong.encode(), TYPES["errors"])


@pytest.mark.parametrize("form", ["json", "xml"])
def test_every_resource_is_this_citys_and_another_jurisdiction_is_told(key: str, form: str) -> None:
    read = {"json": held, "xml": said_in_xml}[form]
    number = held(post(key), "created")[0]["service_request_id"]
    for path, name in (
        ("discovery", "discovery"),
        ("services", "services"),
        (f"services/{DARK}", "service-definition"),
        ("requests", "requests"),
        (f"requests/{number}", "requests"),
        (f"tokens/{number}", "tokens"),
    ):
        for here in (CITY, CITY[:4], ""):
            answer = get(f"{path}.{form}", jurisdiction_id=here)
            assert answer.status_code == 200
            read(answer, name)
        answer = get(f"{path}.{form}", jurisdiction_id="city.example")
        assert answer.status_code == 404
        assert read(answer, "errors")[0]["code"] == 404
    assert post(key, form=form, jurisdiction_id=CITY).status_code == 201
    read(post(key, form=form, jurisdiction_id="city.example"), "errors")


def test_extensions_are_pages_of_the_list_and_what_is_unknown_is_passed_over(
    key: str, town: StoppedClock
) -> None:
    """Of the extensions in use pages are known; a program that asks for others gets the standard's answer."""
    numbers = set()
    for _ in range(3):
        town.forward(minutes=1)
        numbers.add(held(post(key), "created")[0]["service_request_id"])
    asked = {"page_size": "2", "extensions": "true", "updated_after": "2026-01-01T00:00:00Z", "q": "x"}
    pages = [
        [one["service_request_id"] for one in held(get("requests.json", page=page, **asked), "requests")]
        for page in ("1", "2", "3")
    ]
    assert [len(page) for page in pages] == [2, 1, 0]
    assert {number for page in pages for number in page} == numbers
    one = held(get(f"requests/{pages[1][0]}.json", extensions="true"), "requests")[0]
    assert set(one) == set(document.REQUEST["properties"])


def test_errors_have_the_standards_form(town: StoppedClock) -> None:
    assert (
        get("requests/none.xml")
        .content.decode()
        .startswith('<?xml version="1.0" encoding="utf-8"?>\n<errors><error><code>404</code><description>')
    )
    for path in ("nothing.json", "services.csv", "services", "requests/a/b.json", "tokens/%0A.json", ""):
        answer = get(path)
        assert answer.status_code == 404
        held(answer, "errors")
    answer = Client().delete(f"{BASE}requests.json")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST, HEAD")
    answer = Client().post(f"{BASE}requests.json", {"service_code": DARK})
    assert answer.status_code == 400


def test_the_interface_says_where_it_is(town: StoppedClock) -> None:
    found = held(get("discovery.json"), "discovery")
    assert found["endpoints"][0]["url"].endswith("/api/open311/v2")
    assert "<endpoint>" in get("discovery.xml").content.decode()
