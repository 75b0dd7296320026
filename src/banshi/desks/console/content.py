"""装入内容: regions, catalogue, city."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from banshi.contexts.catalogue import queries as catalogue
from banshi.infra.config import DATA
from banshi.kernel.actors import SYSTEM


def check(folder: Path | None) -> int:
    """Print every problem as `file:line:column: 中文 / English`; exit status 1 when there is an error."""
    read = catalogue.read_files(folder or DATA / "catalogue", DATA / "laws")
    for problem in sorted((*read.errors, *read.warnings)):
        print(problem)
    found = read.catalogue
    counts = f"{len(found.items)} 个事项，{len(found.bundles)} 件一件事，" if found else ""
    print(
        f"{counts}{len(read.errors)} 处错误，{len(read.warnings)} 处提醒，未核 {read.unverified} 条依据。"
        f" / {len(read.errors)} errors, {len(read.warnings)} warnings, {read.unverified} bases unverified."
    )
    return 1 if read.errors else 0


def load(folder: Path | None, at: datetime, *, quiet: bool = False) -> int:
    """Publish what the files say, if they are clean."""
    from banshi.contexts.catalogue import operations

    read = catalogue.read_files(folder or DATA / "catalogue", DATA / "laws")
    if read.catalogue is None:
        for problem in read.errors:
            print(problem, file=sys.stderr)
        print("目录有错误，没有发布。 / The catalogue has errors; nothing was published.", file=sys.stderr)
        return 1
    done = operations.publish(catalogue=read.catalogue, actor=SYSTEM, at=at)
    if not quiet:
        print(
            f"新版本 {done.published}，未变 {done.unchanged}，停用 {done.retired}。"
            f" / {done.published} published, {done.unchanged} unchanged, {done.retired} retired."
        )
    return 0


def load_regions(at: datetime) -> int:
    """Provinces, cities and counties of the country; towns and villages of the installation's city."""
    from banshi.directory import operations

    return operations.load_regions(actor=SYSTEM, at=at)


def load_villages(package: Path | None, at: datetime) -> int:
    """The whole country down to its villages, from the npm package or a folder that holds it."""
    from banshi.directory import operations

    return operations.load_all_villages(package, actor=SYSTEM, at=at)


def load_city(file: Path, at: datetime) -> str:
    """Offices, halls, windows, staff of one city; the text that lists the new sign-ins."""
    from banshi.directory import city

    return city.load_city(file, actor=SYSTEM, at=at).text()
