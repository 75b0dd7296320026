"""Who works with what people say, and a granted food licence for them to speak of."""

from __future__ import annotations

import re
from typing import Any

from banshi.contexts.cases import queries as cases
from banshi.directory.values import PostKind
from banshi.flows import rate
from banshi.infra import clock
from banshi.kernel.actors import ANONYMOUS, SYSTEM
from tests.personas import CITY, LICHENG, Persona, huang, li, lin, staff
from tests.security.town import Answer, Matter, Visitor, applied, deliver, do, health, hidden, town, works

WORDS = "窗口说材料不齐，让我跑了三趟，电话13850001111。"


def xu() -> Persona:
    """许回访."""
    return staff("xu", "许回访", CITY, PostKind.CALLER)


def pan() -> Persona:
    return staff("pan", "潘派单", CITY, PostKind.DISPATCHER)


def he() -> Persona:
    return staff("heshen", "何审核", CITY, PostKind.REPLY_CHECKER)


def chief() -> Persona:
    return staff("zhu", "朱主任", CITY, PostKind.CENTRE_CHIEF)


def granted() -> Matter:
    """李秀英's, of 鲤城区's market office."""
    town()
    found = applied(Visitor.signed_in(li()))
    officer = Visitor.signed_in(lin())
    do(officer, found, "accept", dispatch="on")
    works(found, officer, Visitor.signed_in(health()))
    do(officer, found, "review", verdict="pass")
    do(Visitor.signed_in(huang()), found, "decide", verdict="pass")
    deliver()
    return found


def rated_badly(matter: Matter) -> None:
    state = cases.get_case(LICHENG, matter.case, SYSTEM)  # type: ignore[arg-type]
    at = clock.now()
    said = rate.Said("dissatisfied", ("207",), WORDS)
    rate.rate_by_code(code=rate.code_of(state, at), said=said, actor=ANONYMOUS, at=at)
    deliver()


def first_ticket(visitor: Visitor) -> str:
    """The address of what stands first in somebody's list."""
    page = visitor.get("/voices/").text
    found = re.search(r'href="(/voices/ticket/[^"?]+)', page)
    assert found, page
    return found[1]


def act(visitor: Visitor, ticket: str, name: str, **stated: Any) -> Answer:
    """One step, through its form."""
    address = f"{ticket}do/{name}/"
    page = visitor.get(address)
    assert page.status == 200, f"{name}: {page.status}"
    carried = {one: hidden(page.text, one) for one in ("command_id", "seq")}
    answer = visitor.post(address, carried | stated)
    deliver()
    return answer
