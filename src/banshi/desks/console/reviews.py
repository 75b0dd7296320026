"""好差评: reviews handed over in the national form, and what the province's platform answered."""

from __future__ import annotations

import csv
import json
import os
import sys
from datetime import date, datetime
from pathlib import Path

from banshi.adapters import province_platform
from banshi.contexts.evaluation.values import Handover, HandoverState
from banshi.desks.console.lines import lines_of
from banshi.flows import export_reviews
from banshi.infra import audit
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import Refused

RECEIPT = ("projectNo", "assessNumber", "success", "message")


def export(file: Path, since_on: date, until_on: date, *, again: bool = False, at: datetime) -> int:
    """Write the reviews of a period: a JSON object a line, or a table where the file ends in `.csv`; mode 0600, whole or not at
    all. What does not pass is told and held back; exit status 1 then. Raises `Refused`, `OSError`."""
    if until_on < since_on:
        raise Refused("period", "结束日期早于开始日期。", "The period ends before it begins.")
    fresh = file.with_name(file.name + ".new")
    platform = province_platform.platform()
    notes: list[Handover] = []
    signed = True
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "w", encoding="utf-8", newline="") as out:
            table = csv.DictWriter(out, export_reviews.FIELDS) if file.suffix.lower() == ".csv" else None
            if table:
                table.writeheader()
            for one in export_reviews.records(since_on, until_on, platform, again=again):
                notes.append(one.note)
                if one.note.state is HandoverState.HELD:
                    continue
                signed = signed and bool(one.record["sign"])
                if table:
                    table.writerow(one.record)
                else:
                    out.write(platform.enclose(json.dumps(one.record, ensure_ascii=False)) + "\n")
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    export_reviews.note(notes, at)
    sent = sum(one.state is HandoverState.SENT for one in notes)
    audit.note(
        act="export_reviews", target=f"{since_on}/{until_on}", outcome=str(sent), actor=SYSTEM.code, at=at
    )
    held = [one for one in notes if one.state is HandoverState.HELD]
    for back in held:
        print(f"{back.case_number}（{back.assess_number}）: {'、'.join(back.faults)}", file=sys.stderr)
    print(f"{file}：{sent} 条评价 / {sent} reviews")
    if held:
        print(
            f"{len(held)} 条没有写进去：上面的字段不合要求。谁来补、怎么补，见诉求台的“评价”。 / "
            f"{len(held)} held back for the fields above; the desk for voices says who mends them.",
            file=sys.stderr,
        )
    if not signed:
        print(
            "没有签名，这个文件不能上报（docs/evaluation.md）。 / Not signed: this file cannot be uploaded.",
            file=sys.stderr,
        )
    return 1 if held else 0


def receipts(file: Path, *, at: datetime) -> int:
    """What the platform answered: a CSV file with the columns `RECEIPT`, a line for each review. Wrong lines are told and stop
    no other; exit status 1 then. Raises `Refused` for a file without the columns."""
    rows = csv.DictReader(lines_of(file))
    if missing := {"projectNo", "success"} - set(rows.fieldnames or ()):
        raise Refused(
            "columns",
            f"{file} 第1行（表头）缺少列：{'、'.join(sorted(missing))}。",
            f"{file}, line 1 (the header): no column {', '.join(sorted(missing))}.",
        )
    taken = refused = 0
    for row in rows:
        try:
            export_reviews.take_receipt({name: row.get(name) or "" for name in RECEIPT}, at)
            taken += 1
        except Refused as error:
            refused += 1
            print(f"第{rows.line_num}行 / line {rows.line_num}: {error.zh} / {error.en}", file=sys.stderr)
    print(f"记下回执{taken}条，不能记{refused}行。 / {taken} receipts taken, {refused} refused.")
    return 1 if refused else 0
