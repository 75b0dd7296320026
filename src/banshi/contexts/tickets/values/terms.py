"""当地的规则: limits, grounds, causes, rewards, standards and classes of a place (`data/tickets`)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from banshi.contexts.tickets.values.codes import Trigger


class Terms(Struct, frozen=True, omit_defaults=True):
    """办理规则 of the place for one kind of ticket, frozen when it was raised. Working days but where it says otherwise."""

    pack: str = "national"
    handle_days: int = 5
    difficult_days: int = 5  # where the centre found it difficult
    from_raise: bool = False  # the time runs from the day it was said, not from the day the unit was given it
    contact_days: int = 0  # 0: no contact of its own is asked for
    dispatch_days: int = 1
    sign_days: int = 1
    return_hours: int = 0  # natural hours after dispatch; 0: the place names none
    extension_days: int = 0  # 0: no extension
    settle_days: int = 1  # for the centre to decide on a return or a termination
    check_days: int = 1
    call_days: int = 2
    call_share: int = 100  # per cent
    attempts: int = 3  # calls that nobody answered, before it is replied to unheard or closed so
    retry_hours: int = 0  # natural hours between such calls from the ticket's own page; 0: none
    redo_days: int = 5
    rounds: int = 2  # how often it is opened again before it goes up
    listed_days: int = 3  # overdue for so long: supervised by other departments
    rewarded: bool = False  # what is adopted may be rewarded, by the place's `rewards`
    city_leads: bool = False  # of a county and a city department the city's leads
    triggers: tuple[Trigger, ...] = tuple(Trigger)  # for which the place supervises


class Ground(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """不予受理情形 of a place, with its article; where there are `routes`, one of them has to be shown."""

    key: str
    name: str
    source: str
    routes: dict[str, str] = {}
    terminates: bool = True  # is also a reason to stop what was begun
    begun: bool = False  # is a reason for that only


class Cause(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """办不成事的原因: and in what it lies; `part` of the item's definition, where that is what is wrong."""

    key: str
    name: str
    lies_in: Literal["item", "person", "system", "law", "applicant", "between"]
    part: str = ""


class RewardLevel(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """奖励等级 of a place: `fen` is money, `points` are points; one of them is 0."""

    key: str
    name: str
    fen: int = 0
    points: int = 0


class Rewarding(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """奖励规则 of a place: how highly, who decides, how it is received, and the most for one person a year (0: no such limit).

    Which kinds of voices are rewarded, `Terms.rewarded` says.
    """

    source: str
    levels: tuple[RewardLevel, ...]
    decided_by: Literal["centre_chief", "dispatcher", "reply_checker"] = "centre_chief"
    ways: dict[str, str] = {}
    yearly_fen: int = 0
    yearly_points: int = 0


class Standard(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """处置标准 of a class of firms' problems (`category` and all below it): what is done, in words; the days are `Terms`."""

    category: str
    standard: str
    source: str


class Category(Struct, frozen=True):
    """诉求分类: its key, its names from the top, the line of work that usually leads, whether it is taken in publicly."""

    key: str
    name: str
    path: tuple[str, ...]
    unit: str
    public: bool
    leaf: bool
