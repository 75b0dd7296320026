"""The town at work through HTTP: people with a browser and an API token, and the steps of a food licence from its first
page to its review. Nothing here reaches behind the addresses, but for the outbox, which a thread of the server delivers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from banshi.contexts.catalogue import operations as catalogue_operations
from banshi.contexts.catalogue import queries as catalogue
from banshi.directory import operations as directory
from banshi.directory.values import PostKind, WindowKind
from banshi.infra import clock, outbox
from banshi.infra.config import DATA
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.ids import uscc_check_char
from tests import personas
from tests.personas import AT, CITY, JINJIANG, LICHENG, PASSWORD, Persona, huang

ITEM = "food-licence"
PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"
VALUES = {
    "shop_name": "演示小吃店",
    "shop_address": "海滨街道2号",
    "operator_name": "李秀英",
    "operator_id": personas.resident_id(1),
    "operator_phone": "13850001111",
    "shop_square_metres": "40",
    "food_projects": "hot",
    "food_manager": "李秀英",
    "staff_count": "3",
}
SECTIONS = ("shop", "food", "staff")
MATERIALS = ("M-BUSINESS-LICENCE", "M-KITCHEN-LAYOUT")


# ---- who is there, beside tests.personas ----


def chen() -> Persona:
    """陈志强, another citizen."""
    personas.world()
    found = personas.queries.find_account("10000000002")
    id = found.id if found else personas.citizen("陈志强", personas.resident_id(2), "10000000002")
    return Persona(f"citizen:{id}", "10000000002")


def health() -> Persona:
    """卫生健康局 of 鲤城区: checks the staff of a food shop."""
    return personas.staff("wei", "卫生员", LICHENG, PostKind.OFFICER, f"{LICHENG}-health")


def everybody() -> dict[str, Actor]:
    """Who may meet at a case, by a short name."""
    return {
        "li": personas.li().actor,
        "chen": chen().actor,
        "wang": personas.wang().actor,
        "lin": personas.lin().actor,
        "huang": personas.huang().actor,
        "wei": health().actor,
        "zhao": personas.zhao().actor,
        "city": personas.staff("shi", "施市局", CITY, PostKind.OFFICER, f"{CITY}-market").actor,
        "system": SYSTEM,
    }


def foreign_health() -> Persona:
    return personas.staff("yuan", "远方人", JINJIANG, PostKind.OFFICER, f"{JINJIANG}-health")


def foreign_approver() -> Persona:
    return personas.staff("wan", "万审批", JINJIANG, PostKind.APPROVER, f"{JINJIANG}-market")


def foreign_clerk() -> Persona:
    return personas.staff("fang", "方窗口", JINJIANG, PostKind.WINDOW_CLERK, f"{JINJIANG}-hall")


def supervisor(region: str = CITY) -> Persona:
    return personas.staff(f"jian{region}", "监察员", region, PostKind.SUPERVISOR)


def head() -> Persona:
    """Who heads the market office of 鲤城区."""
    return personas.staff("zheng", "郑局长", LICHENG, PostKind.LEADER, f"{LICHENG}-market")


def governor() -> Persona:
    """Who heads the government of 鲤城区."""
    return personas.staff("he", "何区长", LICHENG, PostKind.GOVERNOR)


def admin(region: str) -> Persona:
    return personas.staff(f"guan{region}", "县管理", region, PostKind.STAFF_ADMIN)


def security_admin() -> Persona:
    return personas.staff("an", "安全员", CITY, PostKind.SECURITY_ADMIN)


def auditor() -> Persona:
    return personas.staff("shen", "审计员", CITY, PostKind.AUDITOR)


def town() -> None:
    """Regions, offices, halls with a window each, and the catalogue in force."""
    personas.world()
    for region in (LICHENG, JINJIANG):
        directory.set_window(hall=f"{region}-hall", number="1", kind=WindowKind.INTAKE, actor=SYSTEM, at=AT)
    for region in (LICHENG, JINJIANG):
        body = f"11{region}MARKET000"
        directory.update_office(
            code=f"{region}-market", uscc=body + uscc_check_char(body), actor=SYSTEM, at=AT
        )
    read = catalogue.read_files(DATA / "catalogue", DATA / "laws")
    assert read.catalogue is not None
    catalogue_operations.publish(catalogue=read.catalogue, actor=SYSTEM, at=AT)


def deliver() -> None:
    """What the scheduler's thread does: documents, certificates, delivery."""
    while outbox.deliver(clock.now()):
        pass
    assert outbox.waiting() == {"pending": 0, "dead": 0}


# ---- a browser, and a program with a token ----


@dataclass
class Answer:
    """What was asked and what came back."""

    method: str
    address: str
    response: HttpResponse
    known: bool  # whether the server knew who asked

    @property
    def status(self) -> int:
        return int(self.response.status_code)

    @property
    def text(self) -> str:
        return self.response.content.decode("utf-8", "replace")

    @property
    def location(self) -> str:
        return str(self.response.headers.get("Location", ""))


@dataclass
class Visitor:
    """Somebody with a browser, and with a token for the API where one was asked for; keeps all that came back."""

    client: Client = field(
        default_factory=lambda: Client(SERVER_NAME="localhost", raise_request_exception=False)
    )
    token: str = ""
    answers: list[Answer] = field(default_factory=list)

    @classmethod
    def signed_in(cls, who: Persona | None) -> Visitor:
        """By the sign-in page, and by the API's."""
        visitor = cls()
        if who is not None:
            visitor.sign_in(who.account.split(":")[0], who.login)
        return visitor

    def sign_in(self, realm: str, login: str, password: str = PASSWORD) -> None:
        door, name = ("/staff/sign-in/", "username") if realm == "staff" else ("/sign-in", "phone")
        assert self.post(door, {name: login, "password": password}).status in (302, 303)
        answer = self.api("POST", "session", {"realm": realm, "account": login, "password": password})
        assert answer.status == 201, answer.text
        self.token = answer.response.json()["token"]

    def get(self, address: str, **query: str) -> Answer:
        known = self.known
        return self._kept("GET", address, self.client.get(address, query), known)

    def post(self, address: str, data: Mapping[str, Any] | None = None) -> Answer:
        known = self.known
        return self._kept("POST", address, self.client.post(address, data or {}), known)

    @property
    def known(self) -> bool:
        """Whether the browser holds the key of a session."""
        return bool(getattr(self.client.cookies.get(settings.SESSION_COOKIE_NAME), "value", ""))

    def api(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        **query: str,
    ) -> Answer:
        """`body` as JSON; bytes as they are."""
        given = {"Idempotency-Key": str(uuid4())} | dict(headers or {})
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        address = f"/api/v1/{path}"
        if isinstance(body, bytes):
            sent = self.client.generic(method, address, body, "application/octet-stream", headers=given)
        else:
            data = b"" if body is None else json.dumps(body).encode()
            sent = self.client.generic(
                method, address, data, "application/json", headers=given, query_params=query
            )
        return self._kept(method, address, sent, bool(self.token))

    def sent(self, answer: Answer, to: str = "") -> Answer:
        """The step was taken (303, or 302 as some do); `to` is in the address that it leads to."""
        assert answer.status in (302, 303), (
            f"{answer.method} {answer.address}: {answer.status} {answer.text[:4000]}"
        )
        assert to in answer.location, answer.location
        return answer

    def _kept(self, method: str, address: str, response: Any, known: bool) -> Answer:
        answer = Answer(method, address, response, known)
        assert answer.status < 500, f"{method} {address}: {answer.status}"
        self.answers.append(answer)
        return answer


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no {name} on the page:\n{page}"
    return found[1]


def file(name: str, content: bytes, media_type: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, media_type)


# ---- the steps of a matter ----


@dataclass
class Matter:
    """An application that somebody drafts, and the case that it becomes."""

    region: str
    id: UUID
    case: UUID | None = None

    @property
    def draft(self) -> str:
        return f"/a/{self.region}/{self.id}"

    @property
    def own(self) -> str:
        """The case's pages for the citizen."""
        return f"/c/{self.region}/{self.case}"

    @property
    def desk(self) -> str:
        """The case's pages for the officer."""
        return f"/officer/case/{self.region}/{self.case}"


def begin(citizen: Visitor, region: str = LICHENG) -> Matter:
    """开始: the county is chosen, a draft is there."""
    address = f"/apply/item/{ITEM}"
    page = citizen.get(address)
    assert page.status == 200, page.text
    done = citizen.sent(
        citizen.post(address, {"county": region, "command_id": hidden(page.text, "command_id")}), "/a/"
    )
    return Matter(region, UUID(done.location.split("/")[3]))


def fill(citizen: Visitor, matter: Matter, values: Mapping[str, str]) -> None:
    """填表: each section's page, whichever of the values it asks."""
    for key in SECTIONS:
        assert citizen.get(f"{matter.draft}/form/{key}").status == 200
        citizen.sent(citizen.post(f"{matter.draft}/form/{key}", values))


def hand_over(citizen: Visitor, matter: Matter, content: bytes = PDF, name: str = "扫描件.pdf") -> None:
    """交材料."""
    for code in MATERIALS:
        page = f"{matter.draft}/materials/{code}"
        assert citizen.get(page).status == 200
        citizen.sent(citizen.post(page, {"file": file(name, content)}))


def submit(citizen: Visitor, matter: Matter) -> Matter:
    """提交: once, from the page that shows everything."""
    page = citizen.get(f"{matter.draft}/check")
    assert page.status == 200, page.text
    citizen.sent(
        citizen.post(f"{matter.draft}/check", {"command_id": hidden(page.text, "command_id")}), "/done"
    )
    seen = citizen.api("GET", f"applications/{matter.region}/{matter.id}").response.json()
    matter.case = UUID(seen["cases"][0]["id"])
    return matter


def applied(citizen: Visitor, values: Mapping[str, str] = VALUES) -> Matter:
    """A food licence asked for, up to its submission."""
    matter = begin(citizen)
    fill(citizen, matter, values)
    hand_over(citizen, matter)
    return submit(citizen, matter)


def do(officer: Visitor, matter: Matter, command: str, **stated: str) -> Answer:
    """办一步: the command's form, filled in and sent."""
    address = f"{matter.desk}/do/{command}/"
    page = officer.get(address)
    assert page.status == 200, f"{command}: {page.status} {page.text}"
    carried = {name: hidden(page.text, name) for name in ("command_id", "seq")}
    return officer.sent(officer.post(address, carried | stated))


def works(matter: Matter, lin: Visitor, wei: Visitor, **stated: str) -> None:
    """The offices' works, in their order."""
    for officer, work in (
        (lin, "paper_review"),
        (lin, "site_check"),
        (wei, "staff_check"),
        (lin, "conclusion"),
    ):
        with_me = {"people": huang().actor.code} if work == "site_check" else {}
        do(officer, matter, "opine", work=work, verdict="agree", **with_me, **stated)


def numbered(page: str) -> Iterator[str]:
    """Addresses that a page links to or sends its forms to."""
    yield from re.findall(r'(?:href|action|src|hx-post|hx-get|data-next)="([^"]*)"', page)
