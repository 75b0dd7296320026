"""Requirement 20: every answer carries the headers that tell a browser what not to do; cookies are for this site alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from banshi.desks.console import installation
from tests import personas
from tests.conftest import StoppedClock
from tests.security.scene import Scene, addresses, scene
from tests.security.town import Visitor

ROOT = Path(__file__).resolve().parents[2]
CSP = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def policy(response: HttpResponse) -> dict[str, str]:
    parts = response.headers.get("Content-Security-Policy", "").split(";")
    return dict(part.strip().split(" ", 1) for part in parts if " " in part.strip())


def held_back(response: HttpResponse) -> None:
    """What each answer must say, whatever it is."""
    told = policy(response)
    scripts = told.pop("script-src")
    assert told == CSP
    assert re.fullmatch(r"'self'( 'nonce-[\w+/=-]{20,}')?", scripts), scripts
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in response.headers
    assert not {"Server", "X-Powered-By"} & set(response.headers)
    for cookie in response.cookies.values():
        assert cookie["samesite"] in ("Lax", "Strict"), cookie.key
        assert cookie["httponly"] and cookie["path"] == "/" and not cookie["domain"], cookie.key


@pytest.mark.django_db
def test_every_address_answers_with_them_to_everybody(clock: StoppedClock) -> None:
    here: Scene = scene()
    visitors = [
        Visitor.signed_in(who() if who else None)
        for who in (None, personas.li, personas.wang, personas.lin, personas.guan)
    ]
    seen: set[int] = set()
    for address in addresses():
        path = address.filled(here)
        for visitor in visitors:
            client = Client(SERVER_NAME="localhost", raise_request_exception=False)
            client.cookies.update(visitor.client.cookies)
            headers = {"Authorization": f"Bearer {visitor.token}"} if visitor.token else {}
            response = client.get(path, headers=headers)
            seen.add(response.status_code)
            held_back(response)
    assert {200, 302, 404, 405, 401} <= seen


@pytest.mark.django_db
def test_what_goes_wrong_answers_with_them_too(clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    answers = [
        client.get("/nowhere"),
        client.get("/p/a%00b"),
        strict.post("/sign-in"),
        client.post("/sign-in", b"", content_type="text/plain", CONTENT_LENGTH=str(10**9)),
        client.get("/", SERVER_NAME="evil.example"),
    ]
    monkeypatch.setattr("banshi.contexts.catalogue.queries.search", lambda *_, **__: 1 / 0)
    answers.append(client.get("/search?q=x"))
    assert [one.status_code for one in answers] == [404, 400, 403, 413, 400, 500]
    for one in answers:
        held_back(one)


def test_a_nonce_is_new_in_each_answer() -> None:
    told = {policy(Client(SERVER_NAME="localhost").get("/_components/"))["script-src"] for _ in range(5)}
    assert len(told) in (1, 5) and (len(told) == 5 or "nonce" not in told.pop())


# ---- what pages are made of ----


def templates() -> dict[str, str]:
    found = (ROOT / "src" / "banshi").rglob("*.html")
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in found}


INLINE = {
    "style attribute": re.compile(r"<[a-zA-Z][^<>]*\sstyle\s*=", re.S),
    "style element": re.compile(r"<style\b"),
    "handler in an attribute": re.compile(r"<[a-zA-Z][^<>]*\son[a-z]+\s*=|\bhx-on\b", re.S),
    "address that is a script": re.compile(r"""=\s*["']?\s*javascript:""", re.I),
    "script in the page": re.compile(r"<script\b(?![^>]*\bsrc=)"),
    "page in a page": re.compile(r"<(iframe|object|embed|frame|base)\b"),
    "something of another host": re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//"""),
}


@pytest.mark.parametrize("what", INLINE)
def test_no_template_holds_any(what: str) -> None:
    assert len(templates()) > 60
    assert [name for name, text in templates().items() if INLINE[what].search(text)] == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("style attribute", '<p class="a" style="color:red">'),
        ("style element", "<style>p{}</style>"),
        ("handler in an attribute", '<button\n onclick="go()">'),
        ("address that is a script", '<a href="javascript:go()">'),
        ("script in the page", "<script>go()</script>"),
        ("page in a page", '<iframe src="/x">'),
        ("something of another host", '<img src="//cdn.example/x.png">'),
    ],
)
def test_each_would_be_noticed(what: str, text: str) -> None:
    assert INLINE[what].search(text)


# ---- as an installation behind TLS has it ----

ASK = """
import json, os, sys
import django
django.setup()
from django.core.management import call_command
from django.core.checks import run_checks
from django.conf import settings
from django.test import Client
from banshi.infra import store
with store.inline():
    call_command("migrate", verbosity=0, interactive=False)
    from banshi.directory import operations
    from banshi.infra import clock
    password = operations.create_first_admin(username="guan", at=clock.now())
    found = {"checks": [f"{one.id} {one.msg}" for one in run_checks(include_deployment_checks=True)
                         if not one.is_silenced()]}
    proxied = {"HTTP_X_FORWARDED_PROTO": "https", "SERVER_NAME": "banshi.example"}
    plain, client = Client(SERVER_NAME="banshi.example"), Client(**proxied)
    def told(answer):
        return {"status": answer.status_code, "headers": dict(answer.headers),
                "cookies": {name: dict(cookie) for name, cookie in answer.cookies.items()}}
    found["plain"] = told(plain.get("/staff/sign-in/"))
    found["health"] = told(plain.get("/healthz"))
    found["page"] = told(client.get("/staff/sign-in/"))
    found["signed in"] = told(client.post("/staff/sign-in/", {"username": "guan", "password": password}))
    found["language"] = told(client.post("/_components/display/", {"language": "en", "elder": "1", "next": "/"}))
    found["foreign host"] = told(Client(**proxied | {"SERVER_NAME": "evil.example"}).get("/"))
    found["debug"] = settings.DEBUG
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the settings of a secure installation come to, asked in a process of its own."""
    folder = tmp_path_factory.mktemp("secure")
    config = installation.create(folder / "city", hosts=("banshi.example",), secure=True, demo=False)
    environment = {
        **os.environ,
        "BANSHI_CONFIG": str(config),
        "DJANGO_SETTINGS_MODULE": "banshi.site.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    run = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


def test_the_check_for_deployment_is_clean(secure: dict[str, Any]) -> None:
    assert secure["checks"] == []
    assert settings.SILENCED_SYSTEM_CHECKS == ["security.W021", "models.W040"]
    assert secure["debug"] is False


def test_whoever_comes_without_tls_is_sent_to_it_and_kept_there(secure: dict[str, Any]) -> None:
    assert secure["plain"]["status"] == 301
    assert secure["plain"]["headers"]["Location"] == "https://banshi.example/staff/sign-in/"
    hsts = secure["page"]["headers"]["Strict-Transport-Security"]
    assert hsts == "max-age=31536000; includeSubDomains"
    # Who looks whether it is well stands inside, before the proxy.
    assert secure["health"]["status"] == 200


def test_its_cookies_are_bound_to_this_host_and_to_tls(secure: dict[str, Any]) -> None:
    session, csrf = secure["signed in"]["cookies"]["__Host-session"], secure["page"]["cookies"]["__Host-csrf"]
    for cookie in (session, csrf):
        assert cookie["secure"] and cookie["httponly"]
        assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax")
    others = secure["language"]["cookies"]
    assert {"django_language", "banshi_elder"} <= others.keys()
    assert all(cookie["secure"] and cookie["samesite"] == "Lax" for cookie in others.values())


def test_it_answers_to_its_own_name_only(secure: dict[str, Any]) -> None:
    assert secure["foreign host"]["status"] == 400


def test_debugging_is_never_on() -> None:
    source = (ROOT / "src/banshi/site/settings.py").read_text("utf-8")
    assert re.findall(r"^DEBUG\b.*$", source, re.M) == ["DEBUG = False"]
    assert settings.DEBUG is False
