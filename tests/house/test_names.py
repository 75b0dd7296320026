"""Names that say what something is: no drawers for odds and ends, and the term of the field first."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "banshi"
DRAWERS = re.compile(r"_?(utils?|helpers?|common|base|managers?|services?|misc|tools|stuff|shared)")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def modules() -> Iterator[Path]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def classes() -> Iterator[tuple[str, ast.ClassDef]]:
    """Public ones; Django's declarations (`Meta`, app configurations) are no things of the field."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = isinstance(node, ast.ClassDef) and not node.name.startswith("_") and node.name != "Meta"
            if named and path.name != "apps.py":
                yield path.relative_to(SOURCE).as_posix(), node


def test_there_are_no_drawers_for_odds_and_ends() -> None:
    places = [*modules(), *(path for path in (ROOT / "tests").rglob("*.py")), *(ROOT / "tools").glob("*.py")]
    named = [part for path in places for part in (path.stem, *path.relative_to(ROOT).parts[:-1])]
    assert {name for name in named if DRAWERS.fullmatch(name)} - {"tools"} == set()
    templates = {path.name for path in SOURCE.rglob("templates/**/*.html")}
    assert {name for name in templates if DRAWERS.fullmatch(name.removesuffix(".html"))} <= {"base.html"}


def test_every_class_begins_with_its_term() -> None:
    found = list(classes())
    assert len(found) > 200
    without = [
        f"{path}: {node.name}" for path, node in found if not CHINESE.match(ast.get_docstring(node) or "")
    ]
    assert without == []


def test_nothing_below_desks_flows_and_infra_looks_at_the_clock() -> None:
    clock = re.compile(
        r"datetime\.now\(|utcnow\(|date\.today\(|time\.time\(|timezone\.now\(|\bclock\.now\(|localtime\("
    )
    places = [SOURCE / name for name in ("kernel", "directory", "contexts")]
    looking = [
        path.relative_to(SOURCE).as_posix()
        for place in places
        for path in place.rglob("*.py")
        if clock.search(path.read_text("utf-8"))
    ]
    assert looking == []


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplemented|\bbreakpoint\(|\bpdb\b")
    texts = [*modules(), *SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("static/banshi/*")]
    assert [path.name for path in texts if path.is_file() and later.search(path.read_text("utf-8"))] == []


def test_a_person_is_spoken_to_plainly() -> None:
    """No bureaucratic courtesies, no exclamation marks, in what people read."""
    courtly = re.compile(r"您好|尊敬的|亲爱的|敬请|温馨提示|！")
    texts = [*SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("*.typ"), *modules()]
    found = []
    for path in texts:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if courtly.search(line):
                found.append(f"{path.relative_to(SOURCE).as_posix()}:{number}")
    assert found == []
