"""Offices, halls and windows are set up, changed and closed."""

from __future__ import annotations

import re
from datetime import datetime

from banshi.directory import queries
from banshi.directory.facts import emit
from banshi.directory.models import Hall, Office, Window
from banshi.directory.rights import require_admin
from banshi.directory.values import Level, WindowKind
from banshi.infra.store import Tx, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Refused
from banshi.kernel.ids import BadId, parse_uscc

_CODE = re.compile(r"[0-9]{6}-[a-z0-9_-]{1,33}")


def create_office(
    *,
    code: str,
    name: str,
    department: str,
    region_code: str,
    actor: Actor,
    at: datetime,
    uscc: str = "",
    phone: str = "",
    address: str = "",
) -> None:
    """Set up a department's office. Raises `Refused` for a code in use, a second office of the department in the
    region, an unknown region, a wrong USCC."""
    require_admin(actor, region_code)
    _check_code(code, region_code)
    uscc = _uscc(uscc)
    row = Office(
        code=code,
        name=_named(name),
        department=department,
        region_code=region_code,
        uscc=uscc,
        phone=phone,
        address=address,
    )

    def work(tx: Tx) -> None:
        if Office.objects.filter(code=code).exists():
            raise _taken(code)
        if Office.objects.filter(department=department, region_code=region_code).exists():
            raise Refused(
                "office_exists",
                f"{region_code} 已有“{department}”部门，请改原来的部门。",
                f"Region {region_code} already has an office of '{department}'; change that one.",
                field="department",
            )
        row.save(force_insert=True)
        emit(tx, f"office/{code}", "office.created", department=department, region=region_code, uscc=uscc)

    write(work, at=at, actor=actor.code)


def update_office(
    *,
    code: str,
    actor: Actor,
    at: datetime,
    name: str | None = None,
    uscc: str | None = None,
    phone: str | None = None,
    address: str | None = None,
    is_active: bool | None = None,
) -> None:
    """Change what is given and leave the rest. Raises `NotFound`, `Refused`."""
    require_admin(actor, queries.get_office(code).region_code)
    changes: dict[str, str | bool] = {}
    if name is not None:
        changes["name"] = _named(name)
    if uscc is not None:
        changes["uscc"] = _uscc(uscc)
    if phone is not None:
        changes["phone"] = phone
    if address is not None:
        changes["address"] = address
    if is_active is not None:
        changes["is_active"] = is_active

    def work(tx: Tx) -> None:
        Office.objects.filter(code=code).update(**changes)
        emit(tx, f"office/{code}", "office.changed", fields=sorted(changes))

    write(work, at=at, actor=actor.code)


def create_hall(
    *, code: str, name: str, region_code: str, actor: Actor, at: datetime, address: str = "", hours: str = ""
) -> None:
    """Set up a hall. Raises `Refused` for a code in use or an unknown region."""
    require_admin(actor, region_code)
    _check_code(code, region_code)
    row = Hall(code=code, name=_named(name), region_code=region_code, address=address, hours=hours)

    def work(tx: Tx) -> None:
        if Hall.objects.filter(code=code).exists():
            raise _taken(code)
        row.save(force_insert=True)
        emit(tx, f"hall/{code}", "hall.created", region=region_code)

    write(work, at=at, actor=actor.code)


def update_hall(
    *,
    code: str,
    actor: Actor,
    at: datetime,
    name: str | None = None,
    address: str | None = None,
    hours: str | None = None,
) -> None:
    """Change what is given and leave the rest. Raises `NotFound`, `Refused`."""
    require_admin(actor, queries.get_hall(code).region_code)
    given = {"name": name and _named(name), "address": address, "hours": hours}
    changes = {key: value for key, value in given.items() if value is not None}

    def work(tx: Tx) -> None:
        Hall.objects.filter(code=code).update(**changes)
        emit(tx, f"hall/{code}", "hall.changed", fields=sorted(changes))

    write(work, at=at, actor=actor.code)


def set_window(
    *, hall: str, number: str, kind: WindowKind, actor: Actor, at: datetime, note: str = ""
) -> None:
    """Open a window of a hall, or change the one of that number. Raises `NotFound`, `Refused`."""
    require_admin(actor, queries.get_hall(hall).region_code)

    def work(tx: Tx) -> None:
        Window.objects.update_or_create(hall_id=hall, number=number, defaults={"kind": kind, "note": note})
        emit(tx, f"hall/{hall}", "window.set", number=number, kind=kind)

    write(work, at=at, actor=actor.code)


def remove_window(*, hall: str, number: str, actor: Actor, at: datetime) -> None:
    """Close a window for good. Raises `NotFound`, `Refused`."""
    require_admin(actor, queries.get_hall(hall).region_code)

    def work(tx: Tx) -> None:
        if Window.objects.filter(hall_id=hall, number=number).delete()[0]:
            emit(tx, f"hall/{hall}", "window.removed", number=number)

    write(work, at=at, actor=actor.code)


def _check_code(code: str, region_code: str) -> None:
    region = queries.find_region(region_code)
    if region is None or region.level not in (Level.CITY, Level.COUNTY, Level.PROVINCE):
        raise Refused(
            "unknown_region",
            f"没有区划 {region_code}，请填县（区）或市的六位代码。",
            f"No region {region_code}; give the six digits of a county or city.",
            field="region_code",
        )
    if not _CODE.fullmatch(code) or not code.startswith(region_code):
        raise Refused(
            "code_form",
            f"代码“{code}”应为 {region_code}-名称，名称用小写字母、数字、下划线。",
            f"The code '{code}' must read {region_code}-name, in lower case letters, digits, underscores.",
            field="code",
        )


def _named(name: str) -> str:
    tidy = " ".join(name.split())
    if not 2 <= len(tidy) <= 80:
        raise Refused("name", "名称应为2至80个字。", "A name has 2 to 80 characters.", field="name")
    return tidy


def _uscc(uscc: str) -> str:
    try:
        return parse_uscc(uscc) if uscc else ""
    except BadId as error:
        raise Refused("uscc", error.zh, error.en, "GB 32100-2015", field="uscc") from error


def _taken(code: str) -> Refused:
    return Refused("code_taken", f"代码“{code}”已被使用。", f"The code '{code}' is in use.", field="code")
