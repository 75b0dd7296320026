"""Staff and their posts: created, given posts, disabled, given a new password."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from banshi.directory import passwords, queries
from banshi.directory.facts import emit
from banshi.directory.models import PostHeld, Staff
from banshi.directory.rights import require_admin
from banshi.directory.values import APART, NATIONAL, REGIONAL, PostKind
from banshi.infra import throttle
from banshi.infra.sessions import end_sessions
from banshi.infra.store import Tx, write
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import civil_day

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")


def create_first_admin(*, username: str, at: datetime, name: str = "", region_code: str = "") -> str:
    """The first staff administrator of an installation; a one-time password, to be told once.

    Raises `Refused` once anybody is there: there are no default accounts (requirement 4), and nobody makes a second
    first one.
    """
    password = passwords.one_time()
    encoded = passwords.hashed(password)
    region = region_code or queries.city_code()

    def work(tx: Tx) -> None:
        if Staff.objects.exists():
            raise Refused(
                "not_the_first",
                "已经有工作人员账号，请由人员管理员登录后新建。",
                "There are staff accounts already; a staff administrator creates further ones.",
            )
        id = _insert(tx, username, name or username, region, encoded, must_change=True)
        _grant(tx, id, PostKind.STAFF_ADMIN, "", region, civil_day(at), None)

    write(work, at=at, actor=SYSTEM.code)
    return password


def create_staff(
    *, username: str, name: str, region_code: str, actor: Actor, at: datetime
) -> tuple[int, str]:
    """A new account without posts: its id, and a one-time password to be told once and changed at sign-in.

    Raises `Refused` for a user name that is taken or malformed, or outside the actor's administration.
    """
    password = passwords.one_time()
    id = insert_staff(
        username=username,
        name=name,
        region_code=region_code,
        password_hash=passwords.hashed(password),
        must_change_password=True,
        actor=actor,
        at=at,
    )
    return id, password


def insert_staff(
    *,
    username: str,
    name: str,
    region_code: str,
    password_hash: str,
    must_change_password: bool,
    actor: Actor,
    at: datetime,
) -> int:
    """`create_staff` with a password hashed already, for set-ups; the id."""
    require_admin(actor, region_code)
    _check_region(region_code)
    return write(
        lambda tx: _insert(tx, username, name, region_code, password_hash, must_change=must_change_password),
        at=at,
        actor=actor.code,
    )


def rename_staff(*, staff: int, name: str, actor: Actor, at: datetime) -> None:
    """Correct the name that pages and documents show. Raises `NotFound`, `Refused`."""
    require_admin(actor, _home(staff))
    name = _named(name)

    def work(tx: Tx) -> None:
        Staff.objects.filter(id=staff).update(display_name=name)
        emit(tx, f"staff/{staff}", "staff.renamed")

    write(work, at=at, actor=actor.code)


def grant_post(
    *,
    staff: int,
    kind: PostKind,
    office: str,
    region_code: str,
    from_on: date,
    actor: Actor,
    at: datetime,
    until_on: date | None = None,
) -> int:
    """Give somebody a post at an office or hall (`office`), or of a region (`office` empty); the post's id.

    Raises `NotFound`; `Refused` outside the actor's administration, to oneself, for a post held already, and for one
    that must be kept apart from another (三员分立).
    """
    _require_other(actor, staff)
    require_admin(actor, _home(staff), region_code)
    _check_place(kind, office, region_code)
    if until_on is not None and until_on < from_on:
        raise Refused(
            "dates", "截止日期早于开始日期。", "The last day is before the first.", field="until_on"
        )
    return write(
        lambda tx: _grant(tx, staff, kind, office, region_code, from_on, until_on), at=at, actor=actor.code
    )


def end_post(*, post: int, actor: Actor, at: datetime) -> None:
    """The post is not held any more, from now on. Raises `NotFound`, `Refused`."""
    held = PostHeld.objects.filter(id=post).first()
    if held is None:
        raise NotFound("任职", "post")
    require_admin(actor, _home(held.staff_id), held.region_code)
    on = civil_day(at) - timedelta(days=1)

    def work(tx: Tx) -> None:
        PostHeld.objects.filter(id=post).update(until_on=on)
        emit(tx, f"staff/{held.staff_id}", "post.ended", post=post, kind=held.kind, office=held.office)

    write(work, at=at, actor=actor.code)


def disable_staff(*, staff: int, actor: Actor, at: datetime) -> None:
    """Sign-in ends and every session with it, at once (requirement 6). Raises `NotFound`, `Refused`."""
    _require_other(actor, staff)
    require_admin(actor, _home(staff))

    def work(tx: Tx) -> None:
        if Staff.objects.filter(id=staff, is_active=True).update(is_active=False):
            ended = end_sessions(tx, f"staff:{staff}")
            emit(tx, f"staff/{staff}", "staff.disabled", sessions=ended)

    write(work, at=at, actor=actor.code)


def enable_staff(*, staff: int, actor: Actor, at: datetime) -> None:
    """Sign-in is possible again. Raises `NotFound`, `Refused`."""
    require_admin(actor, _home(staff))

    def work(tx: Tx) -> None:
        if Staff.objects.filter(id=staff, is_active=False).update(is_active=True):
            emit(tx, f"staff/{staff}", "staff.enabled")

    write(work, at=at, actor=actor.code)


def reset_password(*, staff: int, actor: Actor, at: datetime) -> str:
    """A one-time password, to be shown once; every session ends. Raises `NotFound`, `Refused`."""
    _require_other(actor, staff)
    require_admin(actor, _home(staff))
    password = passwords.one_time()
    encoded = passwords.hashed(password)

    def work(tx: Tx) -> None:
        _set_password(tx, staff, encoded, must_change=True)
        emit(tx, f"staff/{staff}", "password.reset")

    write(work, at=at, actor=actor.code)
    return password


def change_password(*, staff: int, old: str, new: str, actor: Actor, at: datetime) -> None:
    """One's own; every session ends, so the caller opens a new one. Raises `Refused` (field `old` or `password`)."""
    row = Staff.objects.filter(id=staff, is_active=True).first()
    if row is None or actor.code != f"staff:{staff}":
        raise NotFound("工作人员", "member of staff")
    throttle.attempt(key := (throttle.ACCOUNT, f"staff/{row.username}"), at=at)
    if not passwords.matches(old, row.password):
        raise Refused("wrong_password", "原密码不对。", "The old password is wrong.", field="old")
    throttle.succeeded(key, at=at)
    if old == new:
        raise Refused(
            "same_password", "新密码和原密码一样。", "The new password is the old one.", field="password"
        )
    passwords.check(new, row.username)
    encoded = passwords.hashed(new)

    def work(tx: Tx) -> None:
        _set_password(tx, staff, encoded, must_change=False)
        emit(tx, f"staff/{staff}", "password.changed")

    write(work, at=at, actor=actor.code)


def _insert(tx: Tx, username: str, name: str, region_code: str, encoded: str, *, must_change: bool) -> int:
    if not _USERNAME.fullmatch(username):
        raise Refused(
            "username",
            "用户名用小写字母开头，2至40位小写字母、数字、点、横线。",
            "A user name begins with a lower case letter: 2 to 40 letters, digits, dots, hyphens.",
            field="username",
        )
    if Staff.objects.filter(username=username).exists():
        raise Refused(
            "username_taken",
            f"用户名“{username}”已被使用，请换一个。",
            f"The user name '{username}' is taken; choose another.",
            field="username",
        )
    row = Staff.objects.create(
        username=username,
        display_name=_named(name),
        region_code=region_code,
        password=encoded,
        must_change_password=must_change,
    )
    emit(tx, f"staff/{row.id}", "staff.created", region=region_code)
    return row.id


def _grant(
    tx: Tx, staff: int, kind: PostKind, office: str, region_code: str, from_on: date, until_on: date | None
) -> int:
    # Locked, so that two grants at once to one person come one after the other.
    Staff.objects.select_for_update().get(id=staff)
    others = [post for post in _posts(staff) if _overlap(post, from_on, until_on)]
    for post in others:
        if kind in APART and post.kind in APART and post.kind != kind:
            raise Refused(
                "kept_apart",
                f"已任“{PostKind(post.kind).zh}”，不能同时任“{kind.zh}”（三员分立）。",
                f"Holds the post of {PostKind(post.kind).en}; {kind.en} must be somebody else.",
                "GB/T 22239-2019 第三级",
                field="kind",
            )
        if (post.kind, post.office, post.region_code) == (kind, office, region_code):
            raise Refused("post_held", "这个岗位已经在任。", "This post is held already.", field="kind")
    row = PostHeld.objects.create(
        staff_id=staff, kind=kind, office=office, region_code=region_code, from_on=from_on, until_on=until_on
    )
    emit(
        tx,
        f"staff/{staff}",
        "post.granted",
        post=row.id,
        kind=kind,
        office=office,
        region=region_code,
        from_on=from_on,
        until_on=until_on,
    )
    return row.id


def _set_password(tx: Tx, staff: int, encoded: str, *, must_change: bool) -> None:
    Staff.objects.filter(id=staff).update(password=encoded, must_change_password=must_change)
    end_sessions(tx, f"staff:{staff}")


def _check_region(region_code: str) -> None:
    if region_code != NATIONAL and queries.find_region(region_code) is None:
        raise Refused(
            "unknown_region", f"没有区划 {region_code}。", f"No region {region_code}.", field="region_code"
        )


def _check_place(kind: PostKind, office: str, region_code: str) -> None:
    if office == "":
        if kind not in REGIONAL:
            raise Refused(
                "office_missing",
                f"“{kind.zh}”要指定部门或大厅。",
                f"A {kind.en} needs an office or a hall.",
                field="office",
            )
        _check_region(region_code)
        return
    place = queries.find_place(office)
    if place is None or place != region_code:
        raise Refused(
            "unknown_office",
            f"区划 {region_code} 没有部门或大厅“{office}”。",
            f"Region {region_code} has no office or hall '{office}'.",
            field="office",
        )


def _named(name: str) -> str:
    tidy = " ".join(name.split())
    if not 1 <= len(tidy) <= 40:
        raise Refused("name", "姓名应为1至40个字。", "A name has 1 to 40 characters.", field="name")
    return tidy


def _home(staff: int) -> str:
    region: str | None = Staff.objects.values_list("region_code", flat=True).filter(id=staff).first()
    if region is None:
        raise NotFound("工作人员", "member of staff")
    return region


def _posts(staff: int) -> list[PostHeld]:
    return list(PostHeld.objects.filter(staff_id=staff))


def _overlap(post: PostHeld, from_on: date, until_on: date | None) -> bool:
    return (post.until_on is None or from_on <= post.until_on) and (
        until_on is None or post.from_on <= until_on
    )


def _require_other(actor: Actor, staff: int) -> None:
    if actor.code == f"staff:{staff}":
        raise Refused(
            "not_oneself",
            "不能给自己授予岗位、停用或重置，请另一位人员管理员办理。",
            "Nobody grants posts to, disables or resets themselves; ask another staff administrator.",
        )
