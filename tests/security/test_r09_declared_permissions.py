"""Requirement 9: every address says who may open it, and that is who gets in.

What each kind of person gets, by method, stands in `permissions.txt` beside this file: reviewed by people, never
written by a program. An address that is not in it makes this test red, and is told as the line to be put there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from banshi.ui.access import PUBLIC, Access
from tests import personas
from tests.conftest import StoppedClock
from tests.security import town
from tests.security.scene import Address, Scene, addresses, scene
from tests.security.town import Visitor

MATRIX = Path(__file__).with_name("permissions.txt")
ROLES = {
    "anonymous": None,
    "applicant": personas.li,
    "citizen": town.chen,
    "clerk": personas.wang,
    "officer": personas.lin,
    "approver": personas.huang,
    "leader": town.head,
    "supervisor": town.supervisor,
    "governor": town.governor,
    "staff-admin": personas.guan,
    "security-admin": town.security_admin,
    "auditor": town.auditor,
}


def outcome(status: int, location: str) -> str:
    """in: the page was for them, whatever it said. hidden: as if it were not there."""
    assert status < 500, status
    if status == 401 or location.startswith(("/sign-in", "/staff/sign-in/")):
        return "sign-in"
    return {403: "no-post", 404: "hidden", 405: "-"}.get(status, "in")


def ask(visitor: Visitor, method: str, path: str) -> str:
    """One request by a browser that has the visitor's cookies, undone afterwards."""
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    for name, morsel in visitor.client.cookies.items():
        client.cookies[name] = morsel.value
    headers = {"Idempotency-Key": str(uuid4())}
    if visitor.token:
        headers["Authorization"] = f"Bearer {visitor.token}"
    api = path.startswith("/api/")
    kind = "application/json" if api else "application/x-www-form-urlencoded"
    with transaction.atomic():
        answer = client.generic(method, path, b"{}" * api, content_type=kind, headers=headers)
        transaction.set_rollback(True)
    return outcome(answer.status_code, answer.headers.get("Location", ""))


def line(method: str, route: str, outcomes: list[str]) -> str:
    return f"{method:<6} /{route:<80} " + " ".join(f"{one:<8}" for one in outcomes).rstrip()


def wanted() -> dict[str, str]:
    """The lines of the matrix by method and route."""
    lines = [one for one in MATRIX.read_text("utf-8").splitlines() if one and not one.startswith("#")]
    assert lines[0].split() == ["method", "route", *ROLES]
    return {" ".join(one.split()[:2]): " ".join(one.split()) for one in lines[1:]}


def found(here: Scene) -> Iterator[str]:
    visitors = [Visitor.signed_in(who() if who else None) for who in ROLES.values()]
    for address in addresses():
        for method in address.methods:
            path = address.filled(here)
            yield line(method, address.route, [ask(visitor, method, path) for visitor in visitors])


@pytest.mark.django_db
def test_everybody_gets_what_the_matrix_says_and_nothing_else(clock: StoppedClock) -> None:
    expected, told = wanted(), list(found(scene()))
    known = {" ".join(one.split()[:2]) for one in told}
    wrong = [one for one in told if expected.get(" ".join(one.split()[:2])) != " ".join(one.split())]
    assert wrong == [], "不在 permissions.txt 里，或者不同 (not in permissions.txt, or other):\n" + "\n".join(
        wrong
    )
    assert expected.keys() - known == set(), "permissions.txt 里有，地址没有了 (the address is gone)"


def declared(address: Address) -> Access | None:
    found = getattr(address.pattern.callback, "access", None)
    return found if isinstance(found, Access) else None


def test_every_address_declares_who_may_open_it() -> None:
    assert [address.route for address in addresses() if declared(address) is None] == []


def test_what_is_open_to_everybody_is_few_and_known() -> None:
    """Whoever adds to these says so here."""
    public = {address.route for address in addresses() if (one := declared(address)) and one.realm is PUBLIC}
    pages = {route for route in public if not route.startswith("api/v1/")}
    assert pages == {
        *(
            "",
            "search",
            "items/",
            "items/<slug:code>",
            "items/<slug:code>/check",
            "bundles/<slug:code>",
            "sign-in",
            "register",
            "sign-out",
        ),
        *(
            "p",
            "p/<str:number>",
            "v",
            "v/<str:identifier>",
            "staff/sign-in/",
            "healthz",
            "api/",
            "api/openapi.json",
            "api/open311/v2/<anything:resource>",
        ),
        *("_components/", "_components/display/", "_components/<slug:name>/"),
        *("guides/", "guides/<slug:code>", "guides/<slug:code>/drawn"),
        *("r", "r/<str:code>", "counter/device/<str:code>/"),  # by a signed code, for one purpose
        *("voice", "voice/<str:number>"),  # of others' voices no more than how far they are
        # What is asked, and points in words of the centre's own.
        *("voice/surveys", "voice/surveys/<str:region>/<uuid:id>", "voice/points/<str:region>/<uuid:id>"),
        *("policies", "policies/<slug:code>", "policies/papers/<str:region>/<uuid:id>"),
    }
    # Of the API's, each method is declared by itself.
    operations = {
        f"{method} {address.route}": one.public
        for address in addresses()
        for method, one in getattr(address.pattern.callback, "operations", {}).items()
    }
    assert {name.replace("api/v1/", "") for name, public in operations.items() if public} == {
        *("POST session", "GET items", "GET items/<str:code>", "GET bundles", "GET bundles/<str:code>"),
        *("POST guide", "GET progress/<str:number>", "GET certificates/<str:identifier>"),
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", [one for one in addresses() if "POST" in one.methods], ids=lambda one: one.route
)
def test_a_form_of_another_site_is_turned_away(address: Address) -> None:
    """Without the token of the page, nothing is done in anybody's name. The API reads no cookie and needs none."""
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = "k" * 32
    path = "/" + re.sub(
        r"<(\w+):\w+>", lambda part: {"uuid": str(uuid4()), "int": "1"}.get(part[1], "x"), address.route
    )
    answer = client.post(
        path, b"{}", content_type="application/json", headers={"Origin": "https://evil.example"}
    )
    if address.route.startswith(("api/v1/", "api/open311/")):
        assert answer.status_code in (400, 401, 404)
    else:
        assert answer.status_code == 403
