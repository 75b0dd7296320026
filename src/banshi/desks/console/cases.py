"""改按新版办理: running cases moved to another version of their item: shown first, done with --yes."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings

from banshi.contexts.cases.values import Plan
from banshi.contexts.catalogue.values import Item
from banshi.directory import queries as directory
from banshi.flows import apply, versions
from banshi.flows.versions import Change
from banshi.kernel.actors import SYSTEM, Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import civil_day

_LIMITS = {"promised": "承诺时限", "statutory": "法定时限"}


def migrate(
    item: str, start: int, to: int, *, numbers: Sequence[str], yes: bool, by: str, at: datetime
) -> int:
    """Show what changes for each case; with `yes` do it, a fact each. Exit status 1 when a case could not be moved."""
    actor = operator(by, civil_day(at))
    done: Counter[str] = Counter()
    for change in versions.preview(item=item, start=start, to=to, numbers=numbers, plan=_plan, at=at):
        print(_shown(change))
        if change.refused:
            done["refused"] += 1
        elif yes:
            try:
                versions.migrate(change, actor=actor, at=at)
                done["moved"] += 1
            except Refused as refused:
                print(f"  没有改成：{refused.zh} / {refused.en}", file=sys.stderr)
                done["refused"] += 1
        else:
            done["would"] += 1
    if yes:
        print(
            f"已改 {done['moved']} 件，不能改 {done['refused']} 件。 / {done['moved']} moved, {done['refused']} not."
        )
    else:
        print(
            f"可以改 {done['would']} 件，不能改 {done['refused']} 件；还没有改，加 --yes 才改。"
            f" / {done['would']} would move, {done['refused']} cannot; nothing was changed. Add --yes."
        )
    return 1 if done["refused"] else 0


def operator(username: str, on: date) -> Actor:
    """Who is named by --by, else the platform itself. Raises `NotFound`."""
    if not username:
        return SYSTEM
    found, _ = directory.list_staff([settings.BANSHI.city], on, username)
    named = next((one for one in found if one.username == username.lower()), None)
    actor = directory.actor_of_staff(named.id, on) if named else None
    if actor is None:
        raise NotFound("这位工作人员", "member of staff")
    return actor


def _plan(definition: Item, version: int, situations: frozenset[str], region: str) -> Plan:
    return apply.plan(apply.Chosen(definition, version, situations), region)


def _shown(change: Change) -> str:
    state = change.state
    head = f"{state.number} {state.plan.name}（{state.status.label}）"
    if change.refused:
        return f"{head}\n  不能改：{change.refused.zh} / {change.refused.en}"
    lines = [head]
    lines += [
        f"  {label}：{'、'.join(titles)}"
        for label, titles in (
            ("环节照旧", change.kept),
            ("增加环节", change.added),
            ("取消环节", change.dropped),
        )
        if titles
    ]
    lines += [
        f"  {label}到期日：{before or '无'} → {after or '无'}"
        for label, (before, after) in (("承诺", change.promised), ("法定", change.statutory))
        if before != after
    ]
    lines += [f"  {_LIMITS.get(key, key)}：{before} → {after}" for key, before, after in change.limits]
    return "\n".join(lines)
