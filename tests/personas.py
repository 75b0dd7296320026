"""Who the tests are about, in a small town: 鲤城区 and 晋江市 of 泉州, a market and a health office in each.

    world()          regions, offices, halls
    li()             a citizen, verified
    wang()           at the counter of 鲤城区's hall
    lin(), huang()   officer and approver of 鲤城区's market office
    zhao()           officer of 晋江市's market office, who may not touch 鲤城区's cases
    guan()           staff administrator of the city

Each is recorded in the database on being called. Everybody's password is PASSWORD; `sign_in(client, who)` goes
through the door that people use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from uuid import UUID

from django.test import Client
from django.urls import reverse

from banshi.directory import operations, passwords, queries
from banshi.directory.models import Region, Staff
from banshi.directory.operations.accounts import insert_citizen
from banshi.directory.operations.staff import insert_staff
from banshi.directory.values import PartyRef, PostKind
from banshi.infra.store import write
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.ids import DIGITS, valid_resident_id

PASSWORD = "gravel-otter-41"
AT = datetime(2026, 1, 5, 1, tzinfo=UTC)
ON = date(2026, 3, 2)
LICHENG, JINJIANG, CITY = "350502", "350582", "350500"
_REGIONS = (
    ("35", "福建省", 1, ""),
    ("3505", "泉州市", 2, "35"),
    (LICHENG, "鲤城区", 3, "3505"),
    (JINJIANG, "晋江市", 3, "3505"),
    ("350502001", "海滨街道", 4, LICHENG),
    ("350502001001", "金山社区居委会", 5, "350502001"),
)


@dataclass(frozen=True)
class Persona:
    """Somebody with a sign-in; `login` is a user name or a phone number."""

    account: str
    login: str

    @property
    def id(self) -> int:
        return int(self.account.removeprefix("staff:"))

    @property
    def actor(self) -> Actor:
        realm, id = self.account.split(":")
        found = (
            queries.actor_of_staff(int(id), ON)
            if realm == "staff"
            else queries.actor_of_citizen(UUID(id), ON)
        )
        assert found is not None
        return found


@cache
def password_hash() -> str:
    """Argon2 is slow by intent; one hash serves everybody."""
    return passwords.hashed(PASSWORD)


def world() -> None:
    """The town, once."""
    if Region.objects.exists():
        return
    rows = [Region(code=c, name=n, level=level, parent=p) for c, n, level, p in _REGIONS]
    write(lambda tx: Region.objects.bulk_create(rows), at=AT, actor="system")
    for region, place in ((CITY, "泉州市"), (LICHENG, "泉州市鲤城区"), (JINJIANG, "晋江市")):
        for department, line in (("market", "市场监督管理"), ("health", "卫生健康")):
            operations.create_office(
                code=f"{region}-{department}",
                name=f"{place}{line}局",
                department=department,
                region_code=region,
                actor=SYSTEM,
                at=AT,
            )
        hall = f"{region}-hall"
        operations.create_hall(
            code=hall, name=f"{place}政务服务中心", region_code=region, actor=SYSTEM, at=AT
        )


def staff(username: str, name: str, region: str, kind: PostKind | None = None, office: str = "") -> Persona:
    """Somebody who works in a region, holding one post (or none)."""
    world()
    there = Staff.objects.filter(username=username).first()
    if there is not None:
        return Persona(f"staff:{there.id}", username)
    id = insert_staff(
        username=username,
        name=name,
        region_code=region,
        password_hash=password_hash(),
        must_change_password=False,
        actor=SYSTEM,
        at=AT,
    )
    if kind is not None:
        operations.grant_post(
            staff=id,
            kind=kind,
            office=office,
            region_code=region,
            from_on=AT.date(),
            actor=SYSTEM,
            at=AT,
        )
    return Persona(f"staff:{id}", username)


def wang() -> Persona:
    return staff("wang", "王秀兰", LICHENG, PostKind.WINDOW_CLERK, f"{LICHENG}-hall")


def lin() -> Persona:
    return staff("lin", "林建明", LICHENG, PostKind.OFFICER, f"{LICHENG}-market")


def huang() -> Persona:
    return staff("huang", "黄文杰", LICHENG, PostKind.APPROVER, f"{LICHENG}-market")


def zhao() -> Persona:
    return staff("zhao", "赵不该", JINJIANG, PostKind.OFFICER, f"{JINJIANG}-market")


def guan() -> Persona:
    return staff("guan", "管人员", CITY, PostKind.STAFF_ADMIN)


def li(verified: bool = True) -> Persona:
    """李秀英, a citizen of 鲤城区."""
    world()
    account = queries.find_account("10000000001")
    id = account.id if account else citizen("李秀英", resident_id(1), "10000000001", verified)
    return Persona(f"citizen:{id}", "10000000001")


def citizen(name: str, number: str, phone: str, verified: bool = True) -> UUID:
    """A person with an account in 鲤城区; the account's id."""
    return insert_citizen(
        resident_id=number,
        content={"name": name, "phone": phone, "address": "海滨街道1号"},
        password_hash=password_hash(),
        region_code=LICHENG,
        verified=verified,
        at=AT,
    )


def party_of(person: Persona) -> PartyRef:
    return queries.get_account(UUID(person.account.removeprefix("citizen:"))).party


def resident_id(serial: int, born: str = "19930615") -> str:
    """A well-formed number that nobody has: there never was a county 350599."""
    body = f"350599{born}{serial:03}"
    return next(body + char for char in DIGITS + "X" if valid_resident_id(body + char))


def sign_in(client: Client, who: Persona, password: str = PASSWORD) -> int:
    """Through the sign-in page; the status of the answer (302 when it went well)."""
    realm = who.account.split(":")[0]
    field = "username" if realm == "staff" else "phone"
    answer = client.post(reverse(f"{realm}:sign_in"), {field: who.login, "password": password})
    return answer.status_code
