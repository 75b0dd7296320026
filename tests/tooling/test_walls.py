"""What the import contracts in pyproject.toml refuse, tried on a small tree of the same shape."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SOUND = {
    "__main__": "import banshi.site.settings",
    "site.settings": "import banshi.desks.counter.views",
    "desks.counter.views": "from banshi.contexts.cases import queries\nfrom ...flows.apply import apply",
    "desks.officer.views": "from banshi.contexts.cases import events, queries, values",
    "flows.apply": "from banshi.contexts.cases.operations import accept\nimport banshi.contexts.forms.values",
    "contexts.cases.operations": "from . import models\nfrom .rules import clocks\ndef accept(): ...",
    "contexts.cases.queries": "from .models import *",
    "contexts.cases.events": "",
    "contexts.cases.values": "import datetime",
    "contexts.cases.models": "import django",
    "contexts.cases.rules.clocks": "from banshi.kernel import money",
    "contexts.forms.values": "",
    "infra.store": "import django",
    "ui.access": "",
    "kernel.money": "",
}


def broken(tree: Path, **extra: str) -> str:
    """What the contracts say of the sound tree with these modules (`a__b` is a.b); empty if all hold."""
    modules = SOUND | {name.replace("__", "."): text for name, text in extra.items()}
    for name, text in modules.items():
        path = tree.joinpath("banshi", *name.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        for folder in path.parents:
            if tree in folder.parents:
                (folder / "__init__.py").touch()
        path.write_text(text + "\n")
    command = [
        Path(sys.executable).parent / "lint-imports",
        "--no-cache",
        "--config",
        ROOT / "pyproject.toml",
    ]
    run = subprocess.run(
        command,
        cwd=tree,
        env={"PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0 or "BROKEN" in run.stdout, run.stdout + run.stderr
    return run.stdout if run.returncode else ""


def test_imports_that_go_down_and_through_the_doors_are_allowed(tmp_path: Path) -> None:
    assert broken(tmp_path) == ""


@pytest.mark.parametrize(
    ("module", "text", "contract"),
    [
        ("contexts__cases__store", "import banshi.flows.apply", "points downward"),
        ("infra__outbox", "import banshi.ui.access", "points downward"),
        ("misc", "", "has its floor"),
        ("contexts__forms__rules", "import banshi.contexts.cases.values", "Contexts never"),
        ("flows__deliver", "import banshi.flows.apply", "Flows never"),
        ("desks__officer__lists", "import banshi.desks.counter.views", "Desks never"),
        ("desks__officer__lists", "from banshi.contexts.cases import models", "entered through"),
        ("desks__officer__lists", "from banshi.contexts.cases.rules import clocks", "entered through"),
        ("desks__officer__lists", "import banshi.contexts.cases.rules.clocks", "entered through"),
        ("desks__officer__lists", "from banshi.contexts import cases", "entered through"),
        ("kernel__ids", "import uuid_utils", "standard library"),
        ("contexts__forms__events", "import django", "no Django"),
        ("contexts__forms__rules", "import banshi.infra.store", "no Django"),
        ("contexts__cases__rules__waits", "import django", "no Django"),
    ],
)
def test_an_import_through_a_wall_breaks_its_contract(
    tmp_path: Path, module: str, text: str, contract: str
) -> None:
    said = broken(tmp_path, **{module: text})
    failed = [line for line in said.splitlines() if "BROKEN" in line]
    assert any(contract in line for line in failed), said
