"""Around every request: its number, its line in the log, and how a no is told."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path

from banshi.infra.logs import JsonFormatter
from banshi.infra.models import Audit
from banshi.infra.store import Clash
from banshi.infra.throttle import TooMany
from banshi.kernel.facts import NotFound, Refused
from banshi.site import urls as site_urls
from banshi.site.middleware import address_of
from banshi.ui.access import PUBLIC, access
from tests import personas

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

NOES = {
    "rule": Refused("too_early", "还没有到受理期。", "It is too early.", "某办法第三条"),
    "absent": NotFound("办件", "case"),
    "clash": Clash(),
    "many": TooMany(personas.AT, personas.AT),
    "forbidden": PermissionDenied("李秀英"),
    "broken": RuntimeError("李秀英 350599199306150029"),
}


@access(PUBLIC)
def say_no(request: HttpRequest, why: str) -> HttpResponse:
    raise NOES[why]


@access(PUBLIC)
def read(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.body)))


urlpatterns = [
    path("no/<str:why>/", say_no),
    path("api/no/<str:why>/", say_no),
    path("read/", read),
    path("", include(site_urls)),
]
handler400, handler403 = site_urls.handler400, site_urls.handler403
handler404, handler500 = site_urls.handler404, site_urls.handler500


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost", REMOTE_ADDR="192.0.2.7", raise_request_exception=False)


@pytest.fixture
def lines() -> Iterator[list[dict[str, str]]]:
    """What goes to the log, as it is written there."""
    found: list[dict[str, str]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(json.loads(JsonFormatter().format(record)))

    handler = Keep()
    logging.getLogger().addHandler(handler)
    yield found
    logging.getLogger().removeHandler(handler)


STATUS = {"rule": 422, "absent": 404, "clash": 409, "many": 429, "forbidden": 403, "broken": 500}


@pytest.mark.parametrize(("why", "status"), STATUS.items())
def test_a_no_has_its_status_and_is_never_kept_by_a_cache(client: Client, why: str, status: int) -> None:
    answer = client.get(f"/no/{why}/")
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<h1>" in answer.content.decode()


def test_a_rules_no_is_told_in_the_words_of_the_rule_with_its_source(client: Client) -> None:
    page = client.get("/no/rule/").content.decode()
    assert "还没有到受理期。" in page
    assert "某办法第三条" in page
    english = client.get("/no/rule/", headers={"accept-language": "en"}).content.decode()
    assert "It is too early." in english
    assert "没有改动" not in english


@pytest.mark.parametrize(("why", "status"), STATUS.items())
def test_a_program_is_told_in_json(client: Client, why: str, status: int) -> None:
    answer = client.get(f"/api/no/{why}/")
    assert answer.status_code == status
    said = answer.json()
    assert set(said) == {"rule", "zh", "en", "article", "field"}
    assert said["rule"]
    assert said["zh"]


def test_no_page_repeats_what_an_error_was_about(client: Client) -> None:
    for address in ("/no/broken/", "/no/forbidden/", "/api/no/broken/", "/api/no/forbidden/"):
        assert "李秀英" not in client.get(address).content.decode()


def test_a_request_too_big_is_turned_away_unread(client: Client) -> None:
    limit = settings.BANSHI_REQUEST_LIMIT

    class Unreadable:
        def read(self, *_: int) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    for length in (str(limit + 1), "-1", "many"):
        sent = {"CONTENT_LENGTH": length, "wsgi.input": Unreadable()}
        answer = client.generic("POST", "/read/", **sent)  # type: ignore[arg-type]
        assert answer.status_code == 413, length
    assert client.post("/read/", b"x" * 1000, content_type="text/plain").content == b"1000"


def test_the_log_tells_the_pattern_never_what_was_in_the_address(
    client: Client, lines: list[dict[str, str]]
) -> None:
    answer = client.get("/no/rule/?name=李秀英&id=350599199306150029")
    line = next(line for line in lines if line["logger"] == "banshi.access")
    assert line["route"] == "no/<str:why>/"
    assert (line["method"], line["status"], line["actor"]) == ("GET", "422", "anonymous")
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert float(line["ms"]) >= 0


@pytest.mark.parametrize(
    "address", ["/no/rule/", "/no/absent/", "/no/broken/", "/no/forbidden/", "/nowhere/"]
)
def test_nothing_personal_gets_into_the_log(
    client: Client, lines: list[dict[str, str]], address: str
) -> None:
    client.post(f"{address}?who=李秀英", {"id": "350599199306150029"})
    assert lines
    written = json.dumps(lines, ensure_ascii=False)
    assert "李秀英" not in written
    assert "350599199306150029" not in written


def test_each_request_has_a_number_of_our_own(client: Client) -> None:
    first = client.get("/read/", headers={"x-request-id": "mine"}).headers["X-Request-Id"]
    second = client.get("/read/").headers["X-Request-Id"]
    assert "mine" not in (first, second)
    assert first != second
    assert len(first) == 32


def test_of_strangers_only_a_rules_no_is_put_on_record(client: Client) -> None:
    for why in ("absent", "forbidden", "rule"):
        client.get(f"/no/{why}/")
    client.get("/nowhere/")
    assert list(Audit.objects.values_list("act", "actor", "target", "outcome")) == [
        ("refused", "anonymous", "no/<str:why>/", "too_early")
    ]


def test_of_staff_every_no_is_put_on_record(client: Client) -> None:
    wang = personas.wang()
    personas.sign_in(client, wang)
    for why in ("absent", "forbidden", "rule"):
        client.get(f"/no/{why}/")
    rows = Audit.objects.filter(act="refused", actor=wang.account).order_by("id")
    assert list(rows.values_list("outcome", flat=True)) == ["not_found", "forbidden", "too_early"]


def test_the_page_shows_who_is_signed_in_but_not_a_name_that_was_only_claimed(client: Client) -> None:
    personas.sign_in(client, personas.wang())
    assert "王秀兰" in client.get("/staff/password/").content.decode()
    other = Client(SERVER_NAME="localhost")
    personas.sign_in(other, personas.li(verified=False))
    assert "李秀英" not in other.get("/no/rule/").content.decode()
    third = Client(SERVER_NAME="localhost")
    personas.citizen("陈建国", personas.resident_id(2), "10000000002")
    personas.sign_in(third, personas.Persona("citizen:", "10000000002"))
    assert "陈建国" in third.get("/no/rule/").content.decode()


@pytest.mark.parametrize(
    ("secure", "forwarded", "address"),
    [
        (False, "203.0.113.9", "192.0.2.7"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (True, "", "192.0.2.7"),
    ],
)
def test_only_behind_our_proxy_is_a_forwarded_address_believed(
    secure: bool, forwarded: str, address: str
) -> None:
    from dataclasses import replace

    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded}, REMOTE_ADDR="192.0.2.7")
    with override_settings(BANSHI=replace(settings.BANSHI, secure=secure)):
        assert address_of(request) == address
