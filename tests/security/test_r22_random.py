"""Requirement 22: nothing guessable; the module `random` is imported nowhere."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def imports_random(source: str) -> bool:
    """By whatever form of import, and by name."""
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func)
            names = [str(node.args[0].value)] if called.endswith(("import_module", "__import__")) else []
        if any(name == "random" or name.startswith(("random.", "numpy.random")) for name in names):
            return True
    return False


def test_no_file_imports_random() -> None:
    files = [path for folder in ("src", "tests", "tools") for path in (ROOT / folder).rglob("*.py")]
    files = [path for path in files if "node_modules" not in path.parts]
    assert len(files) > 50
    assert [str(path.relative_to(ROOT)) for path in files if imports_random(path.read_text("utf-8"))] == []


def test_every_way_of_importing_it_is_seen() -> None:
    seen = (
        "import random",
        "import os, random as r",
        "from random import choice",
        "from numpy import random",
        "def f():\n    import random",
        "importlib.import_module('random')",
        "__import__('random')",
    )
    assert all(imports_random(source) for source in seen)
    assert not imports_random("import secrets\nrandom = secrets.choice('ab')")
