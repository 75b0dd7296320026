"""Sign-in of staff and of citizens; citizens' accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from banshi.directory import passwords, queries
from banshi.directory.facts import emit_of_party
from banshi.directory.models import Account, Staff
from banshi.directory.operations.parties import checked_content, insert_party, tidy_phone, write_once
from banshi.directory.rights import require_desk
from banshi.directory.values import PartyKind, PartyRef
from banshi.infra import audit, crypto, throttle
from banshi.infra.sessions import end_sessions
from banshi.infra.store import Tx, new_id, write
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.ids import tidy


@dataclass(frozen=True, slots=True)
class SignedIn:
    """登录结果: the account's code for the session (`staff:12`), and whether a new password is due first."""

    account: str
    must_change_password: bool = False


class WrongSignIn(Refused):
    """登录失败: does not say what was wrong, so that nobody learns which accounts there are."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__("wrong_sign_in", zh, en)


def authenticate_staff(*, username: str, password: str, address: str, at: datetime) -> SignedIn:
    """Raises `WrongSignIn`, or `throttle.TooMany` after repeated failures of the account or the address."""
    name = tidy(username).lower()
    row = Staff.objects.filter(username=name, is_active=True).first()
    account = f"staff:{row.id}" if row else ""
    if not _passes(f"staff/{name}", password, row.password if row else None, account, address, at):
        raise WrongSignIn(
            "用户名或密码不对，请核对后再试。忘记密码的，请找本单位人员管理员重置。",
            "User name or password is wrong. If the password is lost, your staff administrator resets it.",
        )
    return SignedIn(account, row is not None and row.must_change_password)


def authenticate_citizen(*, phone: str, password: str, address: str, at: datetime) -> SignedIn:
    """Raises as `authenticate_staff`."""
    index = queries.login_index(phone)
    row = Account.objects.filter(login_index=index, is_active=True).first()
    account = f"citizen:{row.id}" if row else ""
    if not _passes(f"citizen/{index}", password, row.password if row else None, account, address, at):
        raise WrongSignIn(
            "手机号或密码不对，请核对后再试。忘记密码的，请带身份证到大厅窗口重置。",
            "Phone number or password is wrong. If the password is lost, bring your identity card to a window.",
        )
    return SignedIn(account)


def register_citizen(
    *,
    name: str,
    resident_id: str,
    phone: str,
    password: str,
    at: datetime,
    region_code: str = "",
    verified: bool = False,
) -> UUID:
    """A new account; its id. `verified`: an identity check has just said that it is this person (实名核验).

    Without one the account acts for nobody until `verify_account`, and changes nothing of what is known of the person.
    Raises `Refused` naming the field.
    """
    content = {"name": name, "phone": tidy_phone(phone)}
    checked_content(PartyKind.PERSON, resident_id, content)
    passwords.check(password, content["phone"])
    return insert_citizen(
        resident_id=resident_id,
        content=content,
        password_hash=passwords.hashed(password),
        region_code=region_code,
        verified=verified,
        at=at,
    )


def insert_citizen(
    *,
    resident_id: str,
    content: Mapping[str, str | int],
    password_hash: str,
    region_code: str,
    verified: bool,
    at: datetime,
) -> UUID:
    """`register_citizen` with a password hashed already, for set-ups that choose one password for many."""
    phone = tidy_phone(str(content["phone"]))
    checked = checked_content(PartyKind.PERSON, resident_id, {**content, "phone": phone})
    id, login = new_id(), queries.login_index(phone)

    def work(tx: Tx) -> UUID:
        if Account.objects.filter(login_index=login).exists():
            raise Refused(
                "phone_taken",
                "这个手机号已经注册，请直接登录。不是本人注册的，请带身份证到大厅窗口办理。",
                "This phone number has an account: sign in. If it is not yours, bring your identity card to a window.",
                field="phone",
            )
        party = insert_party(tx, PartyKind.PERSON, checked, region_code, replace=verified)
        if Account.objects.filter(party_id=party.id, verified=True, is_active=True).exists():
            raise Refused(
                "already_registered",
                "这个身份证号已有实名账号，请用原来的手机号登录；手机号换了的，请带身份证到大厅窗口办理。",
                "This identity number has a verified account: sign in with its phone number, or come to a window.",
                field="resident_id",
            )
        _insert(tx, id, login, password_hash, party, verified, at)
        return id

    return write_once(work, at=at, actor=f"citizen:{id}")


def verify_account(*, account: UUID, actor: Actor, at: datetime) -> None:
    """The person showed the identity card at a window: from now on the account acts for them.

    Other accounts that claimed to be this person end. Raises `NotFound`, `Refused`.
    """
    require_desk(actor)
    found = queries.get_account(account)

    def work(tx: Tx) -> None:
        _end_others(tx, account, found.party)
        Account.objects.filter(id=account).update(verified=True, is_active=True)
        _emit(tx, found.party, "account.verified", account)

    write_once(work, at=at, actor=actor.code)


def open_account(*, party: PartyRef, phone: str, actor: Actor, at: datetime) -> tuple[UUID, str]:
    """At a window, for a person who showed the identity card: a verified account, or a new password for the one they
    have; its id and the password, to be told once.

    Raises `Refused` when the phone number belongs to another verified person.
    """
    require_desk(actor)
    if party.kind != PartyKind.PERSON:
        raise Refused("not_a_person", "只有个人才能开通账号。", "Only a person has an account.")
    login = queries.login_index(tidy_phone(phone))
    password = passwords.one_time()
    encoded = passwords.hashed(password)
    id = new_id()

    def work(tx: Tx) -> UUID:
        taken = Account.objects.filter(login_index=login).first()
        if taken is not None and taken.party_id != party.id and taken.verified and taken.is_active:
            raise Refused(
                "phone_taken",
                "这个手机号是另一位实名用户的，请换一个手机号。",
                "This phone number belongs to another verified person; give another.",
                field="phone",
            )
        if taken is not None:
            _end(tx, taken)
            Account.objects.filter(id=taken.id).delete()
        _end_others(tx, id, party)
        _insert(tx, id, login, encoded, party, True, at)
        return id

    return write_once(work, at=at, actor=actor.code), password


def close_account(*, account: UUID, actor: Actor, at: datetime) -> None:
    """Sign-in ends and every session with it, at the person's own wish or at a window. Raises `NotFound`, `Refused`."""
    found = queries.get_account(account)
    if actor.code != f"citizen:{account}":
        require_desk(actor)

    def work(tx: Tx) -> None:
        _end(tx, Account.objects.get(id=found.id))

    write(work, at=at, actor=actor.code)


def change_citizen_password(*, account: UUID, old: str, new: str, actor: Actor, at: datetime) -> None:
    """One's own; every session ends, so the caller opens a new one. Raises `Refused` (field `old` or `password`)."""
    row = Account.objects.filter(id=account, is_active=True).first()
    if row is None or actor.code != f"citizen:{account}":
        raise NotFound("账号", "account")
    throttle.attempt(key := (throttle.ACCOUNT, f"citizen/{row.login_index}"), at=at)
    if not passwords.matches(old, row.password):
        raise Refused("wrong_password", "原密码不对。", "The old password is wrong.", field="old")
    throttle.succeeded(key, at=at)
    passwords.check(new)
    encoded = passwords.hashed(new)

    def work(tx: Tx) -> None:
        Account.objects.filter(id=account).update(password=encoded)
        end_sessions(tx, f"citizen:{account}")
        _emit(
            tx,
            PartyRef(row.party_region, row.party_id, PartyKind.PERSON),
            "account.password_changed",
            account,
        )

    write(work, at=at, actor=actor.code)


def _passes(name: str, password: str, encoded: str | None, account: str, address: str, at: datetime) -> bool:
    """Counts the attempt, compares, and notes how it went."""
    keys = ((throttle.ACCOUNT, name), (throttle.ADDRESS, address))
    # Who failed is named by digest when there is no such account: people type passwords into the wrong field.
    target = account or f"unknown:{crypto.digest(name, 'sign_in')[:16]}"
    try:
        throttle.attempt(*keys, at=at)
    except throttle.TooMany:
        audit.note(act="sign_in", target=target, outcome="too_many_attempts", actor="anonymous", at=at)
        raise
    if not passwords.matches(password, encoded):
        audit.note(act="sign_in", target=target, outcome="wrong", actor="anonymous", at=at)
        return False
    throttle.succeeded(*keys, at=at)
    audit.note(act="sign_in", target=target, outcome="ok", actor=account, at=at)
    return True


def _insert(
    tx: Tx, id: UUID, login: str, encoded: str, party: PartyRef, verified: bool, at: datetime
) -> None:
    if verified:
        _end_others(tx, id, party)
    Account.objects.create(
        id=id,
        login_index=login,
        password=encoded,
        party_region=party.region_code,
        party_id=party.id,
        verified=verified,
        created_at=at,
    )
    _emit(tx, party, "account.opened", id, verified=verified)


def _end_others(tx: Tx, account: UUID, party: PartyRef) -> None:
    for other in Account.objects.filter(party_id=party.id, is_active=True).exclude(id=account):
        _end(tx, other)


def _end(tx: Tx, row: Account) -> None:
    Account.objects.filter(id=row.id).update(is_active=False)
    end_sessions(tx, f"citizen:{row.id}")
    _emit(tx, PartyRef(row.party_region, row.party_id, PartyKind.PERSON), "account.closed", row.id)


def _emit(tx: Tx, party: PartyRef, kind: str, account: UUID, **data: bool) -> None:
    emit_of_party(tx, party.region_code, party.id, kind, account=account, **data)
