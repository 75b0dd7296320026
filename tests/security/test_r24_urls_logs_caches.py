"""Requirement 24: nothing personal in an address, in a log or in a cache."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.fixtures import Settings

from banshi.contexts.catalogue import queries as catalogue
from banshi.desks.console import serve
from banshi.infra import config
from tests import personas
from tests.conftest import StoppedClock
from tests.security import canary, town
from tests.security.canary import Walked
from tests.security.town import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the server writes, by the formatter and at the levels of the settings."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(
        logging._handlers["stderr"].formatter  # type: ignore[attr-defined]
    )
    root = logging.getLogger()
    root.addHandler(handler)
    yield lines
    root.removeHandler(handler)


@pytest.fixture
def walked(settings: Settings, tmp_path: Path, clock: StoppedClock) -> Walked:
    settings.BANSHI = replace(settings.BANSHI, folder=tmp_path / "city", demo=True)
    town.town()
    return canary.walk()


def test_after_the_whole_job_nothing_personal_stands_in_log_address_or_cache(
    log: io.StringIO, walked: Walked
) -> None:
    lines = log.getvalue()
    answers = [answer for visitor in walked.visitors for answer in visitor.answers]
    assert lines.count('"message":"request"') >= len(answers)
    assert canary.leaked(lines.encode()) == set()
    for answer in answers:
        for address in (answer.address, answer.location, *town.numbered(answer.text)):
            assert canary.leaked(address.encode()) == set(), f"{answer.method} {answer.address} → {address}"
    _personal_pages_are_kept_by_nobody(walked)


def _personal_pages_are_kept_by_nobody(walked: Walked) -> None:
    """Neither what names somebody nor anything else that is shown to somebody known."""
    personal = 0
    for visitor in walked.visitors:
        for answer in visitor.answers:
            told = canary.leaked(answer.response.content)
            personal += bool(told)
            if told or answer.known:
                assert answer.response.headers.get("Cache-Control") == "no-store", (
                    f"{answer.method} {answer.address}: {answer.response.headers.get('Cache-Control')}"
                )
    assert personal > 30


def test_a_line_of_the_log_names_the_pattern_and_the_actor_by_key(
    log: io.StringIO, clock: StoppedClock
) -> None:
    wang = personas.wang()
    client = Visitor.signed_in(wang)
    client.get("/counter/choose/", q="金丝雀")
    line = json.loads(log.getvalue().splitlines()[-1])
    assert (line["route"], line["actor"], line["status"]) == ("counter/choose/", wang.account, "302")
    assert set(line) <= {
        *("at", "level", "logger", "message", "request_id", "command_id"),
        *("method", "route", "status", "ms", "actor"),
    }


def test_an_error_says_where_it_happened_and_not_what_was_typed(
    log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(words: str, limit: int = 0) -> Any:
        raise ValueError(f"cannot find {words!r} of {canary.NUMBER}")

    monkeypatch.setattr(catalogue, "search", broken)
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    answer = client.get("/search", {"q": canary.NAME})
    assert answer.status_code == 500
    assert canary.leaked(answer.content) == set()
    written = log.getvalue()
    assert canary.leaked(written.encode()) == set()
    assert '"exception":"ValueError"' in written
    assert "browse.py" in written


@pytest.mark.parametrize(
    "path",
    [
        f"/nowhere/{canary.NUMBER}",
        f"/items/{canary.NUMBER}",
        f"/p/{canary.NUMBER}",
        f"/v/{canary.NUMBER}",
        f"/staff/people/{canary.NUMBER}/",
        f"/api/v1/progress/{canary.NUMBER}",
        f"/search?q={canary.NAME}",
        f"/sign-in?next=/{canary.NUMBER}",
        f"/m/350502/{canary.NUMBER}?name={canary.NAME}",
    ],
)
def test_what_somebody_typed_into_the_address_is_not_written_down(log: io.StringIO, path: str) -> None:
    Client(SERVER_NAME="localhost").get(path)
    written = log.getvalue()
    assert canary.leaked(written.encode()) == set(), written
    assert '"message":"request"' in written


def test_a_query_is_not_carried_to_the_page_to_sign_in(clock: StoppedClock) -> None:
    answer = Visitor().get("/me/matters", name=canary.NAME)
    assert answer.location == "/sign-in?next=%2Fme%2Fmatters"


def test_no_other_site_is_told_which_page_one_came_from() -> None:
    answer = Visitor().get("/")
    assert answer.response.headers["Referrer-Policy"] == "same-origin"


def test_the_web_server_writes_no_line_of_its_own_about_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    class Recorded:
        def __init__(self, target: str, **options: Any) -> None:
            asked.update(options)

        def serve(self, **_: Any) -> None: ...

    monkeypatch.setattr("granian.server.Server", Recorded)
    monkeypatch.setattr(serve, "_require_free", lambda host, port: None)
    serve.granian(config.throwaway(), host="127.0.0.1", port=1)
    assert not asked.get("log_access") and not asked.get("log_access_format")
    assert asked["log_dictconfig"]["formatters"] == settings.LOGGING["formatters"]


def test_uploads_pass_through_memory_and_never_through_a_temporary_file() -> None:
    assert settings.FILE_UPLOAD_HANDLERS == ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
    assert settings.FILE_UPLOAD_MAX_MEMORY_SIZE >= settings.BANSHI_REQUEST_LIMIT


def test_there_is_no_cache_that_pages_could_lie_in() -> None:
    assert not [name for name in settings.MIDDLEWARE if "cache" in name.lower()]
    assert settings.CACHES["default"]["BACKEND"].endswith("LocMemCache")
