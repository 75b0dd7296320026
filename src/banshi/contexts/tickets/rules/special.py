"""专项命令: of points that are in people's way, of visits by several units, and of rewards; declared as all others are."""

from __future__ import annotations

from banshi.contexts.tickets.rules import points, rewards
from banshi.contexts.tickets.rules.seats import (
    ANY,
    CALLER,
    CHECKER,
    CHIEF,
    DECIDING,
    FRONT,
    FRONT_STATES,
    OFFICER,
    RUNNING,
    SENDING,
    Command,
    Seat,
    words,
)
from banshi.contexts.tickets.values.codes import Status
from banshi.kernel.commands import Ask, Choice

_HALVES = (Choice("morning", "上午"), Choice("afternoon", "下午"))
_CLOSED = frozenset({Status.CLOSED})

SPECIAL = (
    Command(
        "assign",
        "交办堵点",
        "p",
        {Seat.CENTRE: SENDING},
        FRONT_STATES | {Status.ESCALATED},
        points.assign,
        (
            Ask("reference", "主办单位", "office", required=True),
            Ask("offices", "协办单位", "offices"),
            Ask("on", "销号期限", "date", required=True),
            words("交代的话", required=False),
        ),
    ),
    Command(
        "publish",
        "公布堵点",
        "q",
        {Seat.CENTRE: SENDING},
        frozenset(Status) - {Status.DECLINED, Status.WITHDRAWN, Status.MERGED},
        points.publish,
        (words("公布的说法", "所有人都看得到，不写姓名、电话、单位名称。"),),
    ),
    Command(
        "clear",
        "销号",
        "x",
        {Seat.CENTRE: CHIEF | CHECKER},
        _CLOSED,
        points.clear,
        (words("做了什么", "所有人都看得到，不写姓名、电话。"),),
    ),
    Command(
        "visit",
        "登记联合到场",
        "",
        {Seat.LEAD: OFFICER, Seat.ASSIST: OFFICER, Seat.CENTRE: FRONT},
        RUNNING - FRONT_STATES,
        points.visit,
        (
            Ask("on", "哪一天", "date", required=True),
            Ask("how", "上午还是下午", "choice", _HALVES, required=True),
            Ask("where", "在哪里"),
            Ask("offices", "到场的单位", "offices", required=True),
            Ask("called", "叫到的其他单位", "offices", help="主办和协办单位不用选；叫到没有来的，会写明。"),
            words("看到什么、商定什么"),
        ),
    ),
    Command(
        "propose_reward",
        "提出奖励",
        "w",
        {Seat.CENTRE: FRONT | CHECKER | CALLER},
        _CLOSED,
        rewards.propose,
        (Ask("kind", "等级", "level", required=True), words("为什么值得奖励")),
    ),
    Command(
        "decide_reward",
        "决定奖励",
        "w",
        {Seat.CENTRE: SENDING | CHECKER},
        _CLOSED,
        rewards.decide,
        (
            Ask("verdict", "意见", "choice", DECIDING, required=True),
            words("说明", required=False),
        ),
    ),
    Command(
        "claim_reward",
        "登记领取",
        "w",
        {Seat.PERSON: ANY, Seat.CENTRE: FRONT | CALLER},
        _CLOSED,
        rewards.claim,
        (Ask("how", "怎么领", "way", required=True), words("寄到哪里、什么时候来", required=False)),
    ),
)
