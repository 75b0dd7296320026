"""会话: Django's session engine on an encrypted table, written through the one door for writes.

The key that the browser holds is never stored, only its keyed digest. A session ends when nothing was asked for the idle
time of its realm, when its age is reached whatever happened, or when its account is closed (requirements 5 and 6).
It belongs to one account (`staff:12`, `citizen:0190…`); one without an account is kept only when it holds something.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from banshi.infra import clock, crypto
from banshi.infra.models import Session
from banshi.infra.reads import instant, read
from banshi.infra.store import Tx, write

ACCOUNT = "account"
TOUCH = timedelta(minutes=1)  # `seen_at` is written at most this often


class SessionStore(SessionBase):
    """会话存储: what Django's session middleware reads and writes."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._created_at: datetime | None = None

    def load(self) -> dict[str, Any]:
        at = clock.now()
        digest = digest_of(self.session_key)
        rows = read(
            "SELECT account, content, created_at, seen_at FROM infra_session WHERE key_digest = %s AND expires_at > %s",
            (digest, at),
        )
        if not rows:
            # A key that is not ours is dropped, never adopted: nobody can plant one (session fixation).
            self._session_key = None
            return {}
        account, sealed, created_at, seen_at = rows[0]
        self._created_at = instant(created_at)
        touch(digest, account, self._created_at, instant(seen_at), at)
        content: dict[str, Any] = msgspec.json.decode(crypto.unseal(bytes(sealed), _context(digest)))
        return content

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(key_digest=digest_of(session_key)).exists()

    def create(self) -> None:
        self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Raises `UpdateError` when the session has been ended meanwhile."""
        if self.session_key is None:
            self.create()
            return
        at = clock.now()
        content = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        account = content.get(ACCOUNT, "")
        digest = digest_of(self.session_key)
        sealed = crypto.seal(msgspec.json.encode(content), _context(digest))
        if must_create or self._created_at is None:
            self._created_at = at
        expires_at = _expiry(account, self._created_at, at)
        if must_create:
            _run(
                "INSERT INTO infra_session (key_digest, account, content, created_at, seen_at, expires_at)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                (digest, account, sealed, at, at, expires_at),
            )
        elif not _run(
            "UPDATE infra_session SET account = %s, content = %s, seen_at = %s, expires_at = %s WHERE key_digest = %s",
            (account, sealed, at, expires_at, digest),
        ):
            raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            _run("DELETE FROM infra_session WHERE key_digest = %s", (digest_of(key),))

    @classmethod
    def clear_expired(cls) -> None:
        _run("DELETE FROM infra_session WHERE expires_at <= %s", (clock.now(),))


def open_session(request: HttpRequest, account: str) -> None:
    """Sign in: the session gets a new key and belongs to `account`. What an anonymous visitor had typed stays his."""
    if request.session.get(ACCOUNT):
        request.session.flush()
    else:
        request.session.cycle_key()
    request.session[ACCOUNT] = account
    rotate_token(request)


def close_session(request: HttpRequest) -> None:
    """Sign out: the session is gone, here and in the database."""
    request.session.flush()


def account_of(request: HttpRequest) -> str:
    """The account that the request's session belongs to; empty when none."""
    account: str = request.session.get(ACCOUNT, "")
    return account


def touch(digest: str, account: str, created_at: datetime, seen_at: datetime, at: datetime) -> None:
    """Note that something was asked for now, which puts off its end; at most once in `TOUCH`."""
    if at - seen_at >= TOUCH:
        _run(
            "UPDATE infra_session SET seen_at = %s, expires_at = %s WHERE key_digest = %s",
            (at, _expiry(account, created_at, at), digest),
        )


def end_sessions(tx: Tx, account: str) -> int:
    """End all sessions of an account, within the transaction that closes it; the number ended."""
    return tx.run("DELETE FROM infra_session WHERE account = %s", (account,))


def digest_of(key: str | None) -> str:
    """What stands in the table in place of a session's key."""
    return crypto.digest(key or "", "session")


def _context(digest: str) -> str:
    return f"infra_session/{digest}"


def _expiry(account: str, created_at: datetime, at: datetime) -> datetime:
    idle = settings.BANSHI_STAFF_IDLE if account.startswith("staff:") else settings.BANSHI_CITIZEN_IDLE
    return min(at + timedelta(seconds=idle), created_at + timedelta(seconds=settings.BANSHI_SESSION_AGE))


def _run(sql: str, params: tuple[Any, ...]) -> int:
    return write(lambda tx: tx.run(sql, params), at=clock.now(), actor="system")
