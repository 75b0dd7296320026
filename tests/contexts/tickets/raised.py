"""A ticket in the database: what Li says of a pothole in 鲤城区, and the people of 泉州's hotline centre."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from banshi.contexts.tickets import operations
from banshi.contexts.tickets.values import Contact, Input, Words
from banshi.directory.values import PostKind
from banshi.kernel.actors import SYSTEM, Actor
from tests.personas import CITY, LICHENG, Persona, lin, staff
from tests.rules.tickets.life import CALENDAR, at

MARKET, HEALTH = f"{LICHENG}-market", f"{LICHENG}-health"
MONDAY = at("2026-03-02")
NAME, PHONE, TITLE, TEXT = "李秀英金丝雀", "10000000077", "金丝雀路口坑洼", "路面有个金丝雀大小的坑。"


def operator() -> Persona:
    return staff("hua", "话务员", CITY, PostKind.HOTLINE_OPERATOR)


def dispatcher() -> Persona:
    return staff("pai", "派单员", CITY, PostKind.DISPATCHER)


def checker() -> Persona:
    return staff("shenhe", "审核员", CITY, PostKind.REPLY_CHECKER)


def caller() -> Persona:
    return staff("huifang", "回访员", CITY, PostKind.CALLER)


def chief() -> Persona:
    return staff("zhuren", "中心主任", CITY, PostKind.CENTRE_CHIEF)


def head() -> Persona:
    return staff("juzhang", "局长", LICHENG, PostKind.LEADER, MARKET)


def raised(
    *, when: datetime = MONDAY, actor: Actor = SYSTEM, phone: str = PHONE, title: str = TITLE, **more: Any
) -> tuple[UUID, str]:
    """登记; id and number."""
    given: dict[str, Any] = {
        "region": LICHENG,
        "kind": "hotline",
        "channel": "phone",
        "words": Words(title, TEXT, "金丝雀街1号"),
        "contact": Contact(NAME, phone) if phone else None,
        "category": "road.surface.damage",
        "place": "350502001",
    }
    return operations.raise_ticket(**(given | more), actor=actor, at=when, calendar=CALENDAR)


def act(name: str, id: UUID, who: Persona | Actor, when: datetime, text: str = "", **given: Any) -> list[str]:
    actor = who if isinstance(who, Actor) else who.actor
    return operations.act(
        name,
        region=LICHENG,
        id=id,
        actor=actor,
        at=when,
        calendar=CALENDAR,
        given=Input(**given),
        text=text,
    )


def adopted(**more: Any) -> UUID:
    """采纳: said, solved, called back and closed."""
    id, _ = raised(kind="remark", **more)
    act("dispatch", id, dispatcher(), at("2026-03-02", 11), reference=MARKET)
    act("sign", id, lin(), at("2026-03-02", 12))
    act("reply", id, lin(), at("2026-03-04"), "已经改了。", verdict="solved")
    act("check", id, checker(), at("2026-03-04", 15), verdict="pass")
    act("call_back", id, caller(), at("2026-03-05"), verdict="content")
    return id
