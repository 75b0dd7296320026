"""Names of facts are kept for ever: what was written under one years ago must still be read."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

from banshi.contexts.cases import events as case_events
from banshi.contexts.cases.rules import state
from banshi.site import wiring

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "banshi"
RELEASED = Path(__file__).with_name("fact_names.txt")
NAME = re.compile(r"[a-z]+(\.[a-z_]+){2}")


def released() -> list[str]:
    return [line for line in RELEASED.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def declared() -> dict[str, str]:
    """Names in the `events` of the contexts, each with its constant."""
    found = {}
    for path in sorted(SOURCE.glob("contexts/*/events.py")):
        module = importlib.import_module(f"banshi.contexts.{path.parent.name}.events")
        for constant, value in vars(module).items():
            if constant.isupper() and isinstance(value, str) and NAME.fullmatch(value):
                assert value not in found, f"{value} 用了两次 (is used twice)"
                found[value] = f"{path.parent.name}.events.{constant}"
    return found


def emitted() -> set[str]:
    """What the directory emits: the literal name handed to `emit`, `emit_of_party` and the functions that call them."""
    names = set()
    for path in sorted((SOURCE / "directory").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                for given in node.args:
                    if isinstance(given, ast.Constant) and re.fullmatch(r"[a-z]+\.[a-z_]+", str(given.value)):
                        names.add(f"directory.{given.value}")
    return {name for name in names if NAME.fullmatch(name)}


def test_every_released_name_is_still_there_and_every_name_is_released() -> None:
    """A name that is gone or written otherwise is a mistake. One that is new is put into the file, for ever."""
    now, then = declared().keys() | emitted(), set(released())
    assert then - now == set(), "这些事实名不能去掉或改名 (may neither go nor be renamed)"
    assert now - then == set(), "新的事实名要写进 tests/house/fact_names.txt (new: to be put into the file)"


def test_what_can_have_happened_does_happen() -> None:
    """A name that nothing writes would be a promise that nobody keeps."""
    written = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py") if path.name != "events.py")
    idle = [
        where for where in declared().values() if not re.search(rf"\b{where.rsplit('.', 1)[1]}\b", written)
    ]
    assert idle == []


def test_the_list_is_in_order_without_doubles() -> None:
    assert released() == sorted(set(released()))
    assert all(NAME.fullmatch(name) for name in released())


def test_a_fact_is_called_after_its_context() -> None:
    assert [name for name, where in declared().items() if name.split(".")[0] != where.split(".")[0]] == []


def test_the_wiring_hears_only_facts_that_exist_and_everything_named_in_it_is_there() -> None:
    known = declared().keys() | emitted()
    assert set(wiring.AFTERWARDS) - known == set()
    named = {name for names in wiring.AFTERWARDS.values() for name in names}
    assert named == set(wiring.HANDLERS)
    together = getattr(wiring, "TOGETHER", {})
    assert set(together) - known == set()


def test_every_fact_of_a_case_changes_its_state_and_has_a_title() -> None:
    cases = {name for name, where in declared().items() if where.startswith("cases.")}
    assert set(case_events.KINDS) == cases
    assert set(state._CHANGES) == cases - {case_events.RECEIVED}
    assert all(re.match(r"[\u4e00-\u9fff]", kind.title) for kind in case_events.KINDS.values())
