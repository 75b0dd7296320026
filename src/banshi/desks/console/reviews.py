"""好差评: reviews handed over in the national form."""

from __future__ import annotations

import csv
import json
import os
from datetime import date
from pathlib import Path

from banshi.adapters import province_platform
from banshi.flows import export_reviews
from banshi.kernel.facts import Refused


def export(file: Path, since_on: date, until_on: date) -> int:
    """Write the reviews of a period: a JSON object a line, or a table where the file ends in `.csv`; mode 0600, whole or not at
    all. Raises `Refused`, `OSError`."""
    if until_on < since_on:
        raise Refused("period", "结束日期早于开始日期。", "The period ends before it begins.")
    fresh, count = file.with_name(file.name + ".new"), 0
    rows = export_reviews.records(since_on, until_on, province_platform.platform())
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "w", encoding="utf-8", newline="") as out:
            table = csv.DictWriter(out, export_reviews.FIELDS) if file.suffix.lower() == ".csv" else None
            if table:
                table.writeheader()
            for row in rows:
                if table:
                    table.writerow(row)
                else:
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")
                count += 1
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    print(f"{file}：{count} 条评价 / {count} reviews")
    return 0
