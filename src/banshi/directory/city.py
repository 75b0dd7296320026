"""城市定义的装入: offices, halls, windows, staff and posts from one YAML file, for real installations and the demo.

The file is read and checked whole, then written as one transaction. Loading again brings offices, halls and windows up
to date, adds staff who are new, and leaves those who are there as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from banshi.directory import operations, passwords, queries
from banshi.directory.city_file import (
    BadCity,
    CitizenEntry,
    City,
    EnterpriseEntry,
    HallEntry,
    OfficeEntry,
    StaffEntry,
    read,
)
from banshi.directory.models import Hall, Office, Staff
from banshi.directory.operations.accounts import insert_citizen
from banshi.directory.operations.staff import insert_staff
from banshi.directory.values import MandateRole, PartyKind
from banshi.infra.store import Tx, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import civil_day


@dataclass(frozen=True, slots=True)
class SignIn:
    """登录信息: what to type, once; `password` is one-time unless the demo's."""

    name: str
    realm: str
    login: str
    password: str
    post: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """装入结果: how many of each are in the file, and the sign-ins that are new."""

    offices: int
    halls: int
    staff: int
    citizens: int
    sign_ins: tuple[SignIn, ...]

    def text(self) -> str:
        """The new sign-ins, one a line."""
        rows = [f"{one.login:<24}{one.password:<18}{one.name}  {one.post}" for one in self.sign_ins]
        return "".join(f"{row}\n" for row in rows)


def load_city(path: Path, *, actor: Actor, at: datetime) -> Loaded:
    """Load a city's definition. Raises `BadCity` with file and line; nothing is written then.

    New staff get one-time passwords, to be changed at the first sign-in. In a demo installation one password, made
    at random now, serves every account (there are no default accounts, requirement 4).
    """
    city = read(path)
    demo = settings.BANSHI.demo
    if city.made_up and not demo:
        raise BadCity(
            f"{path}: 含演示的群众、企业或编造的代码，只能装入演示库（配置 demo = true）。 / "
            f"{path}: holds invented people or codes; only a demo installation (demo = true) takes them."
        )
    there = set(Staff.objects.values_list("username", flat=True))
    fresh = [entry for entry in city.staff if entry.username not in there]
    # Hashing is slow, and no work of the writer's thread.
    shared = passwords.one_time()
    chosen = {entry.username: shared if demo else passwords.one_time() for entry in fresh}
    hashes = {password: passwords.hashed(password) for password in {shared, *chosen.values()}}

    def work(tx: Tx) -> list[SignIn]:
        for office in city.offices:
            with _line(city, office.line):
                _office(office, actor, at)
        for hall in city.halls:
            with _line(city, hall.line):
                _hall(hall, actor, at)
        sign_ins = []
        for entry in fresh:
            password = chosen[entry.username]
            with _line(city, entry.line):
                sign_ins.append(_staff(entry, password, hashes[password], not demo, actor, at))
        for citizen in city.citizens:
            with _line(city, citizen.line):
                sign_ins += _citizen(citizen, shared, hashes[shared], at)
        for enterprise in city.enterprises:
            with _line(city, enterprise.line):
                _enterprise(enterprise, actor, at)
        return sign_ins

    sign_ins = write(work, at=at, actor=actor.code)
    return Loaded(len(city.offices), len(city.halls), len(city.staff), len(city.citizens), tuple(sign_ins))


@contextmanager
def _line(city: City, line: int) -> Iterator[None]:
    try:
        yield
    except Refused as error:
        raise BadCity(f"{city.path}:{line}: {error.zh} / {error.en}") from error


def _office(entry: OfficeEntry, actor: Actor, at: datetime) -> None:
    there = Office.objects.filter(code=entry.code).first()
    if there is None:
        operations.create_office(
            code=entry.code,
            name=entry.name,
            department=entry.department,
            region_code=entry.region,
            uscc=entry.uscc,
            phone=entry.phone,
            address=entry.address,
            actor=actor,
            at=at,
        )
    elif any(getattr(there, key) != getattr(entry, key) for key in ("name", "uscc", "phone", "address")):
        operations.update_office(
            code=entry.code,
            name=entry.name,
            uscc=entry.uscc,
            phone=entry.phone,
            address=entry.address,
            actor=actor,
            at=at,
        )


def _hall(entry: HallEntry, actor: Actor, at: datetime) -> None:
    wanted = {"name": entry.name, "address": entry.address, "hours": entry.hours}
    there = Hall.objects.filter(code=entry.code).first()
    if there is None:
        operations.create_hall(code=entry.code, region_code=entry.region, actor=actor, at=at, **wanted)
    elif {key: getattr(there, key) for key in wanted} != wanted:
        operations.update_hall(code=entry.code, actor=actor, at=at, **wanted)
    windows = {window.number: window.kind for window in queries.get_hall(entry.code).windows}
    for number, kind in entry.windows:
        if windows.pop(number, None) != kind:
            operations.set_window(hall=entry.code, number=number, kind=kind, actor=actor, at=at)
    for number in windows:
        operations.remove_window(hall=entry.code, number=number, actor=actor, at=at)


def _staff(
    entry: StaffEntry, password: str, password_hash: str, must_change: bool, actor: Actor, at: datetime
) -> SignIn:
    id = insert_staff(
        username=entry.username,
        name=entry.name,
        region_code=entry.region,
        password_hash=password_hash,
        must_change_password=must_change,
        actor=actor,
        at=at,
    )
    for kind, office in entry.posts:
        operations.grant_post(
            staff=id,
            kind=kind,
            office=office,
            region_code=entry.region,
            from_on=civil_day(at),
            actor=actor,
            at=at,
        )
    kinds = "、".join(dict.fromkeys(kind.zh for kind, _ in entry.posts))
    return SignIn(entry.name, "staff", entry.username, password, kinds)


def _citizen(entry: CitizenEntry, password: str, password_hash: str, at: datetime) -> list[SignIn]:
    phone = str(entry.content["phone"])
    if queries.find_account(phone) is not None:
        return []
    insert_citizen(
        resident_id=entry.resident_id,
        content=entry.content,
        password_hash=password_hash,
        region_code=entry.region,
        verified=True,
        at=at,
    )
    return [SignIn(str(entry.content["name"]), "citizen", phone, password, "群众")]


def _enterprise(entry: EnterpriseEntry, actor: Actor, at: datetime) -> None:
    if queries.find_party(entry.uscc) is not None:
        return
    legal = queries.find_party(entry.legal_person)
    if legal is None:
        raise NotFound(
            "法定代表人（应先写在 citizens 里）", "legal representative (list them under citizens)"
        )
    known = queries.known_values(legal.region_code, legal.id)
    firm = operations.create_party(
        kind=PartyKind.ENTERPRISE,
        number=entry.uscc,
        content={
            **entry.content,
            "legal_person": known["person.name"],
            "legal_person_id": known["person.resident_id"],
        },
        region_code=entry.region,
        actor=actor,
        at=at,
    )
    roles = [(legal.id, MandateRole.LEGAL_PERSON)]
    for number in entry.agents:
        agent = queries.find_party(number)
        if agent is None:
            raise NotFound("经办人（应先写在 citizens 里）", "agent (list them under citizens)")
        roles.append((agent.id, MandateRole.AGENT))
    for id, role in roles:
        operations.grant_mandate(
            agent=id, principal=firm, role=role, from_on=civil_day(at), actor=actor, at=at
        )
