"""限制: whoever guesses waits longer each time, by account and by address (requirement 1).

An attempt is counted before it is judged, so that guesses sent at once do not slip through together; one that
succeeds is given back. Keys are digests: the table names nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from banshi.infra import crypto
from banshi.infra.models import Throttle
from banshi.infra.store import Tx, write
from banshi.kernel.facts import Refused

DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 16, 30))


@dataclass(frozen=True, slots=True)
class Limit:
    """限制规则: `free` attempts in a row, then a delay before each further one; forgotten after `quiet` without any."""

    name: str
    free: int
    quiet: timedelta


# A hall's citizens share one address, so an address may fail more often and is forgiven sooner.
ACCOUNT = Limit("account", free=5, quiet=timedelta(hours=24))
ADDRESS = Limit("address", free=50, quiet=timedelta(minutes=15))


class TooMany(Refused):
    """尝试过多: wait until `until`."""

    def __init__(self, until: datetime, at: datetime) -> None:
        minutes = max(1, -int((at - until).total_seconds() // 60))
        super().__init__(
            "too_many_attempts",
            f"连续输错次数过多，请在{minutes}分钟后再试。忘记密码的，请找管理员或到大厅窗口重置。",
            f"Too many wrong attempts; try again in {minutes} min. If the password is lost, have it reset.",
        )
        self.until = until


def attempt(*keys: tuple[Limit, str], at: datetime) -> None:
    """Count one attempt under each key, e.g. `(ACCOUNT, "staff/wang")`. Raises `TooMany`, counting nothing."""
    write(lambda tx: _attempt(tx, keys, at), at=at, actor="system")


def succeeded(*keys: tuple[Limit, str], at: datetime) -> None:
    """Give the attempt back: an account starts anew, an address is as it was before."""

    def work(tx: Tx) -> None:
        for limit, name in keys:
            if limit is ACCOUNT:
                tx.run("DELETE FROM infra_throttle WHERE key = %s", (_key(limit, name),))
            else:
                tx.run(
                    "UPDATE infra_throttle SET failures = failures - 1, blocked_until = %s"
                    " WHERE key = %s AND failures > 0",
                    (at, _key(limit, name)),
                )

    write(work, at=at, actor="system")


def _attempt(tx: Tx, keys: Sequence[tuple[Limit, str]], at: datetime) -> None:
    for limit, name in keys:
        key = _key(limit, name)
        # One statement counts and locks: of two at once the second sees what the first has counted.
        row = tx.one(
            "INSERT INTO infra_throttle (key, failures, blocked_until) VALUES (%s, 1, %s)"
            " ON CONFLICT (key) DO UPDATE SET failures ="
            " CASE WHEN infra_throttle.blocked_until < %s THEN 1 ELSE infra_throttle.failures + 1 END"
            " WHERE infra_throttle.blocked_until <= %s RETURNING failures",
            (key, at, at - limit.quiet, at),
        )
        if row is None:
            raise TooMany(Throttle.objects.get(key=key).blocked_until, at)
        late = row[0] - limit.free
        until = at + DELAYS[min(late, len(DELAYS) - 1)] if late >= 0 else at
        tx.run("UPDATE infra_throttle SET blocked_until = %s WHERE key = %s", (until, key))


def _key(limit: Limit, name: str) -> str:
    return crypto.digest(f"{limit.name}/{name}", "throttle")
