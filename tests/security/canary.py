"""The main job with words that occur nowhere else: whoever finds one of them where it should not be has found a leak.

`walk` takes them through every door: registering, a draft, the form, files, the window, notices, opinions, reasons, a
certificate, a review. What the pages answered is kept with each visitor.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from urllib.parse import quote
from uuid import UUID

from tests import personas
from tests.personas import LICHENG
from tests.security import town
from tests.security.town import MATERIALS, PDF, Matter, Visitor, do, file, hidden

# What people are called, live, write and own. All of it is personal; none of it is in the code or the catalogue.
NAME, OPERATOR, MANAGER, WALKED_IN = "金丝雀甲", "金丝雀乙", "金丝雀丙", "金丝雀丁"
NUMBER, OPERATOR_NUMBER, WALKED_IN_NUMBER = (
    personas.resident_id(serial, "19910817") for serial in (771, 772, 773)
)
PHONE, CONTACT, OPERATOR_PHONE, WALKED_IN_PHONE, MISTYPED = (f"1990000770{n}" for n in range(1, 6))
HOME, SHOP, STREET, WALKED_IN_HOME = "画眉弄堂一号", "百灵小吃店", "杜鹃巷二号", "黄鹂街三号"
PASSWORD, LOST_PASSWORD = "oriole-warbler-77", "nuthatch-wren-88"
FILE_NAME, SCAN = "夜莺的执照", b"KINGFISHER-ON-THE-SCAN-0771"
NOTICE, SPECIAL, OPINION, REVIEWED = "白鹭须补正", "苍鹰要检测", "鹧鸪无异议", "鸬鹚可准予"
REVOKED, REFUSED, ADVISED, GONE, RATED, TYPED_LATER = (
    *("鸿雁应撤销", "喜鹊不合格", "斑鸠有疑问"),
    *("燕子不办了", "翠鸟说很好", "云雀还没交"),
)
WORDS = (
    *(NAME, OPERATOR, MANAGER, WALKED_IN, NUMBER, OPERATOR_NUMBER, WALKED_IN_NUMBER),
    *(PHONE, CONTACT, OPERATOR_PHONE, WALKED_IN_PHONE, HOME, SHOP, STREET, WALKED_IN_HOME, FILE_NAME),
    *(NOTICE, SPECIAL, OPINION, REVIEWED, REVOKED, REFUSED, ADVISED, GONE, RATED, TYPED_LATER),
)
SECRETS = (*WORDS, PASSWORD, LOST_PASSWORD, MISTYPED, SCAN.decode())

SCANNED = PDF.replace(b"<< >>", b"<< /Title (" + SCAN + b") >>", 1)
STATED = {
    "shop_name": SHOP,
    "shop_address": STREET,
    "operator_name": OPERATOR,
    "operator_id": OPERATOR_NUMBER,
    "operator_phone": OPERATOR_PHONE,
    "shop_square_metres": "40",
    "food_projects": "hot",
    "food_manager": MANAGER,
    "staff_count": "3",
}


@dataclass
class Walked:
    """Who was there, and what they have seen."""

    citizen: Visitor
    stranger: Visitor
    clerk: Visitor
    officer: Visitor
    other_office: Visitor
    approver: Visitor
    matters: list[Matter] = field(default_factory=list)

    @property
    def visitors(self) -> tuple[Visitor, ...]:
        return (self.citizen, self.stranger, self.clerk, self.officer, self.other_office, self.approver)


def written(secret: str) -> set[bytes]:
    """How a text may lie in a file or an address: in the usual encodings, escaped, in hexadecimal, in base64."""
    plain = secret.encode()
    found = {plain, secret.encode("utf-16-le"), secret.encode("utf-16-be"), secret.encode("gb18030")}
    found |= {plain.hex().encode(), plain.hex().upper().encode(), quote(secret).encode()}
    found |= {json.dumps(secret)[1:-1].encode(), json.dumps(secret)[1:-1].upper().encode()}
    for shift in range(3):  # base64 of any place in a longer text holds one of these
        start = 4 * bool(shift)
        body = base64.b64encode(b"\0" * shift + plain)[start:].rstrip(b"=")
        found.add(body[: len(body) // 4 * 4])
    return {form for form in found if len(form) >= 8}


def leaked(content: bytes, secrets: tuple[str, ...] = SECRETS) -> set[str]:
    """Which of the secrets can be read in it."""
    return {secret for secret in secrets if any(form in content for form in written(secret))}


def walk() -> Walked:
    """All of it. The installation is a demo, in which whoever registers is who they say."""
    people = (None, None, personas.wang(), personas.lin(), town.health(), personas.huang())
    here = Walked(*map(Visitor.signed_in, people))
    _register(here.citizen)
    _mistyped(here.stranger)
    here.matters = [_granted(here), _refused_at_the_window(here), _withdrawn(here)]
    _left_as_a_draft(here.citizen)
    _looked_at(here)
    return here


def _register(citizen: Visitor) -> None:
    page = citizen.get("/register")
    assert page.status == 200
    stated = {"name": NAME, "resident_id": NUMBER, "phone": PHONE, "password": PASSWORD, "agree": "yes"}
    citizen.sent(citizen.post("/register", stated), "/me")
    citizen.sent(citizen.post("/me/contact", {"phone": CONTACT, "address": HOME}), "saved")
    citizen.post("/sign-out")
    citizen.sign_in("citizen", PHONE, PASSWORD)
    citizen.get("/me")


def _mistyped(stranger: Visitor) -> None:
    """Somebody types a number and a password that fit nothing, at both doors and at the API."""
    assert stranger.post("/sign-in", {"phone": MISTYPED, "password": LOST_PASSWORD}).status == 422
    assert stranger.post("/staff/sign-in/", {"username": LOST_PASSWORD, "password": MISTYPED}).status == 422
    body = {"realm": "citizen", "account": MISTYPED, "password": LOST_PASSWORD}
    assert stranger.api("POST", "session", body).status == 401


def _granted(here: Walked) -> Matter:
    """Asked for online, corrected, tested, granted, rated, revoked."""
    citizen, officer = here.citizen, here.officer
    matter = town.begin(citizen)
    town.fill(citizen, matter, STATED)
    town.hand_over(citizen, matter, SCANNED, f"{FILE_NAME}.pdf")
    town.submit(citizen, matter)
    do(officer, matter, "request_correction", text=NOTICE)
    town.deliver()
    _correct(citizen, matter)
    do(officer, matter, "accept", dispatch="on")
    do(officer, matter, "start_special", kind="testing", days="5", text=SPECIAL)
    do(officer, matter, "end_special")
    town.works(matter, officer, here.other_office, text=OPINION)
    do(officer, matter, "review", verdict="pass", text=REVIEWED)
    do(here.approver, matter, "decide", verdict="pass")
    town.deliver()
    rating = {"grade": "satisfied", "text": RATED}
    citizen.sent(citizen.post(f"{matter.own}/rate", rating), "rated")
    do(here.approver, matter, "revoke", text=REVOKED)
    town.deliver()
    return matter


def _correct(citizen: Visitor, matter: Matter) -> None:
    code = MATERIALS[0]
    upload = file(f"{FILE_NAME}二.pdf", SCANNED + b"\n%%EOF\n")
    assert NOTICE in citizen.get(f"{matter.own}/correct").text
    citizen.sent(citizen.post(f"{matter.own}/correct/materials/{code}", {"file": upload}))
    citizen.sent(citizen.post(f"{matter.own}/correct/values", STATED | {"staff_count": "4"}))
    page = citizen.get(f"{matter.own}/correct")
    sent = citizen.post(f"{matter.own}/correct", {"command_id": hidden(page.text, "command_id")})
    citizen.sent(sent, "corrected")


def _refused_at_the_window(here: Walked) -> Matter:
    """Somebody who was never here before walks in; it ends with a refusal."""
    clerk, officer = here.clerk, here.officer
    clerk.sent(clerk.post("/counter/window/", {"window": f"{LICHENG}-hall/1"}))
    page = clerk.post("/counter/read/", {"number": WALKED_IN_NUMBER})
    assert page.status == 200, page.text
    person = {"name": WALKED_IN, "phone": WALKED_IN_PHONE, "address": WALKED_IN_HOME}
    clerk.sent(
        clerk.post("/counter/record/", person | {"kind": "person", "number": WALKED_IN_NUMBER}), "choose"
    )
    page = clerk.get("/counter/choose/", q="食品经营")
    carried = {name: hidden(page.text, name) for name in ("command_id", "person")}
    begun = clerk.sent(clerk.post("/counter/begin/", carried | {"target": f"item:{town.ITEM}"}), "draft")
    matter = Matter(LICHENG, UUID(begun.location.split("/")[4]))
    address = f"/counter/draft/{matter.region}/{matter.id}/"
    papers = {f"file_{code}": file(f"{FILE_NAME}.pdf", SCANNED) for code in MATERIALS}
    clerk.sent(clerk.post(address, STATED | papers | {"sheet": list(MATERIALS), "act": "check"}), "check")
    page = clerk.get(f"{address}check/")
    clerk.sent(clerk.post(f"{address}check/", {"command_id": hidden(page.text, "command_id")}), "receipt")
    clerk.get(f"/counter/receipt/{matter.region}/{matter.id}/")
    tasks = officer.api("GET", "tasks").response.json()["rows"]
    matter.case = next(UUID(task["case"]) for task in tasks if task["key"] == "accept")
    do(officer, matter, "accept", dispatch="on")
    town.works(matter, officer, here.other_office)
    do(officer, matter, "review", verdict="refuse", text=ADVISED)
    do(here.approver, matter, "decide", verdict="refuse", text=REFUSED)
    town.deliver()
    clerk.get("/counter/taken/")
    clerk.get(f"/counter/taken/{matter.region}/{matter.id}/")
    clerk.sent(clerk.post("/counter/next/"))
    return matter


def _withdrawn(here: Walked) -> Matter:
    """By the API up to the submission; then its applicant changes their mind."""
    citizen = here.citizen
    begun = citizen.api("POST", "applications", {"kind": "item", "code": town.ITEM, "region": LICHENG})
    matter = Matter(LICHENG, UUID(begun.response.json()["id"]))
    path = f"applications/{matter.region}/{matter.id}"
    assert citizen.api("PATCH", path, {"values": STATED}).status == 200
    for code in MATERIALS:
        named = {"File-Name": quote(f"{FILE_NAME}.pdf")}
        assert citizen.api("PUT", f"{path}/materials/{code}", SCANNED, named).status == 200
    done = citizen.api("POST", f"{path}/submit")
    matter.case = UUID(done.response.json()["cases"][0]["id"])
    citizen.api("GET", f"cases/{matter.region}/{matter.case}")
    page = citizen.get(f"{matter.own}/withdraw")
    stated = {"text": GONE, "command_id": hidden(page.text, "command_id")}
    citizen.sent(citizen.post(f"{matter.own}/withdraw", stated), "withdrawn")
    town.deliver()
    return matter


def _left_as_a_draft(citizen: Visitor) -> None:
    matter = town.begin(citizen)
    town.fill(citizen, matter, STATED | {"shop_name": TYPED_LATER})
    citizen.get(f"{matter.draft}/check")
    thrown_away = town.begin(citizen)
    town.fill(citizen, thrown_away, STATED)
    citizen.sent(citizen.post(f"{thrown_away.draft}/discard"))


def _looked_at(here: Walked) -> None:
    """Everybody opens what they may."""
    for address in ("/", "/me", "/me/matters", "/me/certificates"):
        here.citizen.get(address)
    for matter in here.matters:
        here.citizen.get(f"/m/{matter.region}/{matter.id}")
        here.officer.get(f"{matter.desk}/")
        here.officer.post(f"{matter.desk}/full/")
        here.officer.api("GET", f"cases/{matter.region}/{matter.case}")
    for address in ("/officer/", "/officer/cases/"):
        here.officer.get(address)
    for visitor in here.visitors:
        for answer in list(visitor.answers):
            for address in town.numbered(answer.text) if answer.status == 200 else ():
                if "/paper" in address or address.endswith(".pdf") or "/material/" in address:
                    visitor.get(address)
