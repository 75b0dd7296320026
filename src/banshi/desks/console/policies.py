"""政策: the library's files, what registers told, and a match of everybody."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import yaml

from banshi.contexts.policies import operations, queries
from banshi.contexts.policies.values import Library
from banshi.directory import queries as directory
from banshi.flows import policy_offers
from banshi.infra.config import DATA
from banshi.infra.store import Tx, write
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Refused

FOLDER = DATA / "policies"


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """部门数据: what one source knows of a person or firm of this number."""

    number: str
    source: str
    values: dict[str, Any]


def check(folder: Path | None) -> int:
    """Print every mistake as `file:line:column: 中文 / English`; exit status 1 when there is one."""
    return 0 if _read(folder, quiet=False) else 1


def _read(folder: Path | None, *, quiet: bool) -> Library | None:
    library, wrong = queries.read_files(folder or FOLDER)
    for one in wrong:
        print(one, file=sys.stderr)
    if library is None:
        print(f"{len(wrong)} 处错误，没有采用。 / {len(wrong)} errors; nothing was taken.", file=sys.stderr)
        return None
    if not quiet:
        unverified = sum(1 for one in library.policies.values() if one.unverified)
        levels = {one.level for one in library.policies.values()}
        print(
            f"{len(library.policies)} 条政策，{len(levels)} 个层级，有未核内容的 {unverified} 条。"
            f" / {len(library.policies)} policies of {len(levels)} levels, {unverified} with unverified parts."
        )
    return library


def match(folder: Path | None, codes: list[str], at: datetime, *, quiet: bool = False) -> int:
    """Publish what changed and match everybody of the city with it, to the end; `codes`: with these, changed or not."""
    library = _read(folder, quiet=quiet)
    if library is None:
        return 1
    scope = directory.city_code()
    done = policy_offers.publish(library=library, scope=scope, actor=SYSTEM, at=at)
    for code in codes:
        queries.get_policy(code)
    if codes or not (done.changed or done.retired):
        policy_offers.start(scope=scope, codes=codes, actor=SYSTEM, at=at)
    while True:
        run = queries.find_open_run()
        if run is None:
            break
        more = policy_offers.step(at)
        if not quiet:
            print(f"\r{run.percent:3d}%  {run.done}/{run.total}", end="", file=sys.stderr, flush=True)
        if not more:
            break
    if not quiet:
        last = queries.list_runs(1)[0]
        told = "，".join(f"{name} {count}" for name, count in sorted(last.found.items()))
        print(
            f"\n匹配完：{last.done} 个对象；{told or '没有找到'}。改动的政策 {len(done.changed)} 条。"
            f" / Matched {last.done}; {len(done.changed)} policies changed."
        )
    return 0


def known(file: Path, at: datetime) -> int:
    """Load what registers know of people: a YAML list of `number`, `source`, `values`. All of it or nothing.

    Raises `Refused` naming the entry.
    """
    library = _read(None, quiet=True)
    if library is None:
        return 1
    try:
        entries = msgspec.convert(yaml.safe_load(file.read_text("utf-8")) or [], list[Told])
    except (yaml.YAMLError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise Refused(
            "bad_file", f"{file} 不对：{error}", f"{file} is not as it should be: {error}"
        ) from error

    def work(_: Tx) -> None:
        for index, one in enumerate(entries, 1):
            party = directory.find_party(one.number)
            if party is None:
                raise Refused(
                    "no_party", f"{file} 第{index}项：没有这个人或者企业。", f"{file}, entry {index}: nobody."
                )
            operations.record_known(
                region=party.region_code,
                party=party.id,
                source=one.source[:40],
                values=one.values,
                elements=library.elements,
                actor=SYSTEM,
                at=at,
            )

    write(work, at=at, actor=SYSTEM.code)
    return 0
