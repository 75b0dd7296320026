"""装入内容: regions, catalogue, city."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import msgspec

from banshi.contexts.cases import queries as cases
from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.catalogue.queries import Reading
from banshi.contexts.catalogue.values import Ceiling
from banshi.directory.values import six
from banshi.infra.config import DATA
from banshi.kernel.actors import SYSTEM


def check(folder: Path | None, place: str = "") -> int:
    """Print every problem as `file:line:column: 中文 / English`; exit status 1 when there is an error.

    `place`: the code of a city or county whose ceilings on promises hold.
    """
    read = _read(folder, place)
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
    from django.conf import settings

    from banshi.contexts.catalogue import operations

    read = _read(folder, settings.BANSHI.city)
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


def _read(folder: Path | None, place: str) -> Reading:
    """The files, checked, with what the place has pledged to promise at most."""
    ceilings = [msgspec.convert(one, Ceiling, from_attributes=True) for one in cases.ceilings_for(six(place))]
    return catalogue.read_files(folder or DATA / "catalogue", DATA / "laws", ceilings)


def draw(item: str, folder: Path | None, out: Path | None) -> int:
    """The works of an item as SVG, from the files, into a file or on the screen."""
    read = _read(folder, "")
    found = read.catalogue.items.get(item) if read.catalogue else None
    if read.catalogue is None:
        print("目录有错误，先运行 ./banshi catalogue check。 / The catalogue has errors.", file=sys.stderr)
        return 1
    if found is None:
        print(f"目录里没有事项 {item}。 / There is no item {item}.", file=sys.stderr)
        return 1
    text = catalogue.drawing(found, read.catalogue.dictionaries)
    if out is None:
        print(text)
    else:
        out.write_text(text, "utf-8")
        print(f"已画好：{out} / Drawn.")
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
