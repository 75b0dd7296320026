"""登记与受理: who may say what at which door, and on which grounds a matter is not taken up."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from banshi.contexts.tickets.values import About, Contact, Words
from banshi.contexts.tickets.values.codes import Channel, Kind
from banshi.contexts.tickets.values.terms import Ground
from banshi.directory.values import PostKind
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Refused
from banshi.kernel.ids import BadId, parse_uscc, tidy

TAKING = frozenset(
    {
        *(PostKind.HOTLINE_OPERATOR, PostKind.DISPATCHER, PostKind.CENTRE_CHIEF, PostKind.CALLER),
        *(PostKind.WINDOW_CLERK, PostKind.SUPERVISOR),
    }
)
_BY_STAFF = frozenset(
    {Channel.PHONE, Channel.WINDOW, Channel.UPPER, Channel.CALL_BACK, Channel.LINE, Channel.MEETING}
)
LONGEST_TITLE, LONGEST = 120, 4000  # characters
LONGEST_PROJECT = 40


def admit(kind: str, channel: str, words: Words, actor: Actor) -> None:
    """Raises `Refused` for a door, a post or words that will not do."""
    if kind not in Kind:
        raise Refused("kind", f"没有“{kind[:20]}”这类工单。", f"There is no kind '{kind[:20]}'.", "", "kind")
    if channel not in Channel:
        raise Refused(
            "channel", f"没有“{channel[:20]}”这个渠道。", f"No channel '{channel[:20]}'.", "", "channel"
        )
    if channel in _BY_STAFF and actor.kind not in ("staff", "system"):
        raise Refused(
            "channel_of_staff",
            "这个渠道由工作人员登记。",
            "What comes by this channel is recorded by staff.",
            "",
            "channel",
        )
    if actor.kind == "staff" and not actor.posts & TAKING:
        raise Refused(
            "not_your_post",
            "您的岗位不能登记工单，请转给话务员或者窗口。",
            "Your post does not take tickets in; pass it to the hotline or a window.",
        )
    if not words.title.strip():
        raise Refused("title_needed", "请用一句话写明是什么事。", "Say in one line what it is.", "", "title")
    if len(words.title) > LONGEST_TITLE or len(words.text) > LONGEST:
        raise Refused(
            "text_too_long",
            f"标题不超过{LONGEST_TITLE}字，内容不超过{LONGEST}字。",
            f"At most {LONGEST_TITLE} characters of title and {LONGEST} of text.",
            "",
            "text",
        )


def firm(about: About) -> About:
    """企业: its code in normal form, its project's code tidied. Raises `Refused` for a code that is none."""
    if not about.firm and not about.project:
        return about
    try:
        code = parse_uscc(about.firm) if about.firm else ""
    except BadId as error:
        raise Refused("firm", error.zh, error.en, "GB 32100-2015", "firm") from error
    project = tidy(about.project)
    if len(project) > LONGEST_PROJECT:
        raise Refused("project", "项目代码太长，请核对。", "The project's code is too long.", "", "project")
    return replace(about, firm=code, project=project)


def reachable(contact: Contact | None) -> Contact | None:
    """Who can be called back; None where nobody can. Raises `Refused` where a firm is named and no way to reach it."""
    if contact is None or contact.phone.strip() or contact.email.strip():
        return contact
    if contact.firm.strip():
        raise Refused(
            "phone_needed", "写了企业名称的，请留电话，办好了才能回话。",
            "Where a firm is named, leave a telephone number, so that it can be told.", "", "phone",
        )  # fmt: skip
    return None


def ground(grounds: Sequence[Ground], key: str, route: str, *, ending: bool = False) -> Ground:
    """不予受理情形 by its key; with the other way shown where the law asks for it. Raises `Refused`.

    `ending`: what was begun is stopped on that ground (潍坊 art. 21); the unit shows no way then.
    """
    found = next(
        (one for one in grounds if one.key == key and (one.terminates if ending else not one.begun)), None
    )
    if found is None:
        raise Refused(
            "ground",
            "请从当地规定的情形中选一个；其他情形都应当受理。",
            "Choose one of the grounds of the place; everything else is taken up.",
            grounds[0].source if grounds else "",
            "kind",
        )
    if found.routes and not ending and route not in found.routes:
        raise Refused(
            "route_needed",
            f"属于“{found.name}”的，要同时告知办理途径：{'、'.join(found.routes.values())}。",
            f"Show the other way too: {', '.join(found.routes)}.",
            found.source,
            "how",
        )
    return found
