"""宣讲、窗口、材料: how policies are brought to people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from banshi.contexts.policies import events, queries, store
from banshi.contexts.policies.rules.claiming import HANDLING
from banshi.directory.values import PostKind, covers
from banshi.infra import files
from banshi.infra.store import Tx, new_id, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Fact, NotFound, Refused, Stream


def announce(
    *,
    region: str,
    office: str,
    title: str,
    codes: Sequence[str],
    starts_at: datetime,
    place: str,
    link: str,
    actor: Actor,
    at: datetime,
    command_id: UUID | None = None,
) -> UUID:
    """预告宣讲: where, when, and the link to watch it by (https), at least one of place and link. Raises `Refused`."""
    _require(actor, region)
    name = _named(title)
    if not (place.strip() or link.strip()):
        raise Refused("nowhere", "请写明地点或者直播链接。", "Give a place or a link.", field="place")
    if link.strip() and (urlsplit(link.strip()).scheme != "https" or not urlsplit(link.strip()).netloc):
        raise Refused(
            "no_link", "直播链接应以 https:// 开头。", "The link begins with https://.", field="link"
        )
    if starts_at <= at:
        raise Refused("past", "开始时间应在以后。", "It has to begin later than now.", field="starts_at")

    def work(tx: Tx) -> str:
        id = new_id()
        tx.run(
            "INSERT INTO policies_briefingrow (region_code, id, title, codes, starts_at, place, link, office, views,"
            " ended_at) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,NULL,NULL)",
            (
                region,
                id,
                name,
                ",".join(sorted(codes)),
                starts_at,
                place.strip()[:120],
                link.strip()[:300],
                office,
            ),
        )
        tx.append(Stream(region, id), 0, [Fact(events.ANNOUNCED, {"codes": sorted(codes), "office": office})])
        return str(id)

    return UUID(write(work, at=at, actor=actor.code, region=region, command_id=command_id))


def sign_up(*, region: str, briefing: UUID, party: UUID, actor: Actor, at: datetime) -> None:
    """报名, once. Raises `NotFound`, `Refused`."""
    if str(party) not in actor.parties:
        raise NotFound("这场宣讲", "briefing")

    def work(tx: Tx) -> None:
        row = tx.one(
            "SELECT ended_at FROM policies_briefingrow WHERE region_code = %s AND id = %s", (region, briefing)
        )
        if row is None:
            raise NotFound("这场宣讲", "briefing")
        if row[0] is not None:
            raise Refused("ended", "这场宣讲已经结束。", "It has ended.")
        id = uuid5(briefing, str(party))
        new = tx.run(
            "INSERT INTO policies_attendancerow (region_code, id, briefing_id, party_id, signed_at, came_at)"
            " VALUES (%s,%s,%s,%s,%s,NULL) ON CONFLICT DO NOTHING",
            (region, id, briefing, party, at),
        )
        if new:
            store.append(tx, region, id, 0, Fact(events.SIGNED_UP, {"briefing": briefing, "party": party}))

    write(work, at=at, actor=actor.code, region=region)


def attend(*, region: str, briefing: UUID, parties: Sequence[UUID], actor: Actor, at: datetime) -> None:
    """签到: who of those that signed up came; repeatable. Raises `Refused`."""
    queries.get_briefing(region, briefing, actor)

    signed = {uuid5(briefing, str(party)): party for party in parties}

    def work(tx: Tx) -> None:
        for id in store.came(tx, region, list(signed), at):
            data = {"briefing": briefing, "party": signed[id]}
            store.append(tx, region, id, 1, Fact(events.ATTENDED, data))

    write(work, at=at, actor=actor.code, region=region)


def end_briefing(*, region: str, briefing: UUID, views: int, actor: Actor, at: datetime) -> None:
    """宣讲结束, with how often it was watched. Raises `NotFound`, `Refused`."""
    queries.get_briefing(region, briefing, actor)
    if not 0 <= views < 2**31:
        raise Refused("no_number", "观看人次应是不小于0的整数。", "Views are a whole number.", field="views")

    def work(tx: Tx) -> None:
        done = tx.run(
            "UPDATE policies_briefingrow SET views = %s, ended_at = %s WHERE region_code = %s AND id = %s"
            " AND ended_at IS NULL",
            (views, at, region, briefing),
        )
        if not done:
            raise NotFound("在进行的宣讲", "open briefing")
        store.append(tx, region, briefing, 1, Fact(events.BRIEFED, {"views": views}))

    write(work, at=at, actor=actor.code, region=region)


def file_paper(
    *,
    region: str,
    title: str,
    department: str,
    policy: str,
    name: str,
    content: bytes,
    actor: Actor,
    at: datetime,
) -> None:
    """材料入库: a PDF for everybody to read. Raises `Refused`."""
    _require(actor, region)
    called = _named(title)
    checked = files.check(name, content, ("pdf",))
    files.store(checked.content, checked.digest)

    def work(tx: Tx) -> None:
        files.register(tx, checked.digest, len(checked.content), checked.media_type)
        id = new_id()
        tx.run(
            "INSERT INTO policies_paperrow (region_code, id, title, department, policy, digest, at)"
            " VALUES (%s,%s,%s,%s,%s,%s,%s)",
            (region, id, called, department, policy, checked.digest, at),
        )
        tx.append(Stream(region, id), 0, [Fact(events.FILED, {"digest": checked.digest, "policy": policy})])

    write(work, at=at, actor=actor.code, region=region)


def set_window(
    *, region: str, hall: str, window: str, departments: Sequence[str], hours: str, actor: Actor, at: datetime
) -> None:
    """设政策服务窗口: which window advises on policies of which departments; again: changed. Raises `Refused`."""
    _require(actor, region)

    def work(tx: Tx) -> None:
        id = uuid5(store.stream(region, hall).id, window)
        told = ",".join(sorted(departments))[:300]
        tx.run(
            'INSERT INTO policies_windowrow (region_code, id, hall, "window", departments, hours) VALUES (%s,%s,%s,%s,%s,%s)'
            " ON CONFLICT (region_code, id) DO UPDATE SET departments = EXCLUDED.departments, hours = EXCLUDED.hours",
            (region, id, hall, window, told, hours[:120]),
        )
        fact = Fact(events.WINDOW_SET, {"hall": hall, "window": window, "departments": sorted(departments)})
        store.append(tx, region, id, store.last(tx, region, id), fact)

    write(work, at=at, actor=actor.code, region=region)


def _require(actor: Actor, region: str) -> None:
    kinds = HANDLING | {PostKind.GOVERNOR}
    if actor.kind != "system" and not any(p.kind in kinds and covers(p.region, region) for p in actor.held):
        raise Refused(
            "not_here",
            "只有本地部门的工作人员才能发布政策服务。",
            "Only staff of this place may publish this.",
        )


def _named(title: str) -> str:
    name = title.strip()
    if not name or len(name) > 120:
        raise Refused(
            "no_title", "请写名称，不超过120字。", "Give a title of at most 120 characters.", field="title"
        )
    return name
