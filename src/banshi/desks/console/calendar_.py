"""放假通知: load a State Council notice: checked, its effect shown, then every open clock that it moves reckoned anew."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from banshi.directory import queries as directory
from banshi.directory.calendar import BadNotice, calendar, keep_notice, read_notice, with_notice
from banshi.flows import calendars
from banshi.flows.calendars import Effect
from banshi.kernel.actors import SYSTEM


def load(file: Path, *, yes: bool, at: datetime) -> int:
    """Show what the notice moves; with `yes` keep it and reckon. The same again goes on where it stopped."""
    try:
        notice = read_notice(file)
        coming = with_notice(notice)
    except BadNotice as bad:
        print(bad, file=sys.stderr)
        return 1
    known = coming == calendar()
    print(
        f"{notice.year}年放假通知：{len(notice.off)}天放假，{len(notice.working)}天调休上班"
        f"{'（已经装入）' if known else ''}。 / Notice for {notice.year}"
        f"{', loaded already' if known else ''}."
    )
    effect = calendars.preview(coming)
    print(_shown(effect))
    if not yes:
        print("还没有装入，加 --yes 才装入。 / Nothing was changed. Add --yes.")
        return 0
    if not known:
        # From here on everybody reckons by it; what is reckoned below is what was reckoned before.
        keep_notice(file, notice.year)
    facts = 0
    for facts in calendars.recalculate(coming, actor=SYSTEM, at=at):
        print(f"\r已重算 {facts} / {effect.moved + effect.bundles} 件", end="", flush=True, file=sys.stderr)
    if facts:
        print(file=sys.stderr)
    print(f"已装入，重算 {facts} 件。 / Loaded; {facts} reckoned anew.")
    return 0


def _shown(effect: Effect) -> str:
    lines = [
        f"在办件时限变动 {effect.moved} 件：到期日改变 {effect.dates} 件，由暂定转为确定 {effect.settled} 件；"
        f"只有提醒日改变 {effect.warnings} 件；一件事时限变动 {effect.bundles} 件。"
        f" / {effect.moved} open cases' clocks move, {effect.bundles} bundles'.",
    ]
    names = directory.office_names(effect.offices)
    ordered = sorted(effect.offices.items(), key=lambda entry: (-entry[1], entry[0]))
    lines += [f"  {names.get(code, code)}：{count} 件" for code, count in ordered]
    return "\n".join(lines)
