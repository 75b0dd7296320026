"""Staff and posts: who may give what to whom, and what somebody may do on which day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from banshi.directory import operations, passwords, queries
from banshi.directory.values import PostKind
from banshi.infra.models import Fact
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.facts import NotFound, Refused
from tests import personas
from tests.personas import AT, CITY, JINJIANG, LICHENG, ON

pytestmark = pytest.mark.django_db


def grant(who: personas.Persona, kind: PostKind, office: str = "", **changes: Any) -> int:
    given = {
        "staff": who.id,
        "kind": kind,
        "office": office,
        "region_code": LICHENG,
        "from_on": AT.date(),
        "actor": SYSTEM,
        "at": AT,
    }
    return operations.grant_post(**(given | changes))


def refused(rule: str) -> Any:
    return pytest.raises(Refused, check=lambda error: error.rule == rule)


def test_a_post_counts_from_its_first_day_to_its_last() -> None:
    lin = personas.staff("lin", "林建明", LICHENG)
    grant(lin, PostKind.OFFICER, "350502-health", from_on=date(2026, 3, 2), until_on=date(2026, 3, 6))

    def may(on: date) -> bool:
        actor = queries.actor_of_staff(lin.id, on)
        return actor is not None and actor.may_act_for("350502-health", "officer")

    days = [date(2026, 3, day) for day in (1, 2, 6, 7)]
    assert [may(day) for day in days] == [False, True, True, False]


def test_a_post_that_was_ended_counts_no_more() -> None:
    lin = personas.lin()
    post = queries.get_staff(lin.id, ON).posts[0]
    operations.end_post(post=post.id, actor=personas.guan().actor, at=AT + timedelta(days=30))
    assert queries.actor_of_staff(lin.id, ON) == Actor("staff", str(lin.id))


@pytest.mark.parametrize("first", [PostKind.STAFF_ADMIN, PostKind.SECURITY_ADMIN, PostKind.AUDITOR])
@pytest.mark.parametrize("second", [PostKind.STAFF_ADMIN, PostKind.SECURITY_ADMIN, PostKind.AUDITOR])
def test_administrator_security_and_auditor_are_three_people(first: PostKind, second: PostKind) -> None:
    who = personas.staff("someone", "某人", LICHENG)
    grant(who, first)
    with refused("post_held" if first == second else "kept_apart"):
        grant(who, second)


def test_one_may_follow_the_other_but_not_overlap() -> None:
    who = personas.staff("someone", "某人", LICHENG)
    grant(who, PostKind.AUDITOR, until_on=date(2026, 6, 30))
    with refused("kept_apart"):
        grant(who, PostKind.STAFF_ADMIN, from_on=date(2026, 6, 30))
    grant(who, PostKind.STAFF_ADMIN, from_on=date(2026, 7, 1))


@pytest.mark.parametrize(
    ("kind", "office", "changes", "rule"),
    [
        (PostKind.OFFICER, "", {}, "office_missing"),
        (PostKind.OFFICER, "350502-none", {}, "unknown_office"),
        (PostKind.OFFICER, "350582-market", {}, "unknown_office"),
        (PostKind.SUPERVISOR, "", {"region_code": "350599"}, "unknown_region"),
        (PostKind.SUPERVISOR, "", {"until_on": date(2025, 1, 1)}, "dates"),
    ],
)
def test_a_post_has_a_place_that_exists(
    kind: PostKind, office: str, changes: dict[str, Any], rule: str
) -> None:
    who = personas.staff("someone", "某人", LICHENG)
    with refused(rule):
        grant(who, kind, office, **changes)


def test_nobody_raises_disables_or_resets_themselves() -> None:
    guan = personas.guan()
    for act in (
        lambda: grant(guan, PostKind.APPROVER, "350502-market", actor=guan.actor),
        lambda: operations.disable_staff(staff=guan.id, actor=guan.actor, at=AT),
        lambda: operations.reset_password(staff=guan.id, actor=guan.actor, at=AT),
    ):
        with refused("not_oneself"):
            act()


def test_a_countys_administrator_has_no_say_over_the_city_or_the_neighbour() -> None:
    admin = personas.staff("li-admin", "区管理", LICHENG, PostKind.STAFF_ADMIN).actor
    lin, zhao, guan = personas.lin(), personas.zhao(), personas.guan()
    for other in (zhao, guan):
        for act in (operations.disable_staff, operations.enable_staff, operations.reset_password):
            with refused("not_administered"):
                act(staff=other.id, actor=admin, at=AT)
    # One's own staff get no posts elsewhere.
    with refused("not_administered"):
        grant(lin, PostKind.OFFICER, "350582-market", region_code=JINJIANG, actor=admin)
    with refused("not_administered"):
        operations.create_staff(username="new", name="新人", region_code=CITY, actor=admin, at=AT)
    grant(lin, PostKind.OFFICER, "350502-health", actor=admin)


def test_an_officer_administers_nobody() -> None:
    with refused("not_administered"):
        operations.disable_staff(staff=personas.wang().id, actor=personas.lin().actor, at=AT)


def test_somebody_new_has_a_one_time_password_and_no_power_until_it_is_changed() -> None:
    id, password = operations.create_staff(
        username="xin", name="新 人", region_code=LICHENG, actor=personas.guan().actor, at=AT
    )
    who = personas.Persona(f"staff:{id}", "xin")
    grant(who, PostKind.APPROVER, "350502-market")
    assert who.actor.posts == frozenset()
    operations.change_password(staff=id, old=password, new="mossy lantern 9", actor=who.actor, at=AT)
    assert who.actor.posts == {"approver"}


def test_one_needs_the_old_password_to_change_it() -> None:
    wang = personas.wang()
    with refused("wrong_password"):
        operations.change_password(staff=wang.id, old="guess", new="mossy lantern 9", actor=wang.actor, at=AT)
    with pytest.raises(NotFound):
        operations.change_password(
            staff=wang.id, old=personas.PASSWORD, new="mossy lantern 9", actor=personas.lin().actor, at=AT
        )


@pytest.mark.parametrize("username", ["", "W", "Wang", "王", "a b", "9lives", "x" * 41])
def test_user_names_are_plain(username: str) -> None:
    personas.world()
    with refused("username"):
        operations.create_staff(username=username, name="某人", region_code=LICHENG, actor=SYSTEM, at=AT)


def test_a_user_name_is_given_once() -> None:
    personas.wang()
    with refused("username_taken"):
        operations.create_staff(username="wang", name="另一位", region_code=LICHENG, actor=SYSTEM, at=AT)


def test_facts_name_nobody() -> None:
    personas.wang()
    personas.li()
    told = " ".join(Fact.objects.values_list("data", flat=True))
    for personal in ("王秀兰", "wang", "李秀英", "10000000001", personas.resident_id(1), "argon2"):
        assert personal not in told


def test_whoever_holds_a_post_at_an_office_is_found() -> None:
    lin = personas.lin()
    assert queries.find_staff_of("350502-market", "officer", ON) == lin.actor
    operations.disable_staff(staff=lin.id, actor=SYSTEM, at=AT)
    assert queries.find_staff_of("350502-market", "officer", ON) is None


def test_authors_of_facts_have_names_and_citizens_keep_theirs() -> None:
    wang = personas.wang()
    names = queries.actor_names([wang.account, "citizen:0190", "system", "staff:999"])
    assert names == {wang.account: "王秀兰", "citizen:0190": "申请人", "system": "系统", "staff:999": ""}


# ---- what makes a password (requirement 3) ----


@pytest.mark.parametrize(
    "password", ["correct horse", "8 signs!", "这是一个很长的密码", "x" * 64 + "1", "aB3$" * 32]
)
def test_length_is_what_counts(password: str) -> None:
    passwords.check(password)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "7 signs",
        "x" * 129,
        "12345678",
        "PassWord123",
        "woaini1314",
        "qwertyuiop",
        "88888888",
        "Wang-2026!",
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with refused("password"):
        passwords.check(password, "wang")


def test_one_time_passwords_pass_the_rule_and_differ() -> None:
    made = {passwords.one_time() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        passwords.check(password)
