"""Who may change the directory."""

from __future__ import annotations

from banshi.directory.values import PostKind, administered, covers
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Refused

_AT_THE_DESK = {PostKind.WINDOW_CLERK, PostKind.OFFICER, PostKind.APPROVER}


def require_admin(actor: Actor, *regions: str) -> None:
    """A staff administrator whose region covers these, or the system itself. Raises `Refused`."""
    if actor.kind == "system":
        return
    mine = administered(actor)
    for region in regions:
        if not any(covers(wide, region) for wide in mine):
            raise Refused(
                "not_administered",
                f"区划 {region} 不在您的管理范围内，请找上一级人员管理员。",
                f"Region {region} is outside your administration; ask the administrator of the level above.",
            )


def require_desk(actor: Actor) -> None:
    """Somebody at a window or an office, or the system itself. Raises `Refused`."""
    if actor.kind != "system" and not actor.posts & _AT_THE_DESK:
        raise Refused(
            "not_at_the_desk",
            "只有窗口或部门的工作人员才能登记办事人信息。",
            "Only staff at a window or an office may record applicants.",
        )


def require_self_or_desk(actor: Actor, party_id: object) -> None:
    """The person, somebody with a mandate, or staff at a desk. Raises `Refused`."""
    if str(party_id) not in actor.parties:
        require_desk(actor)
