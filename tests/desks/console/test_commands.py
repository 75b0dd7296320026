"""The command line itself: each command is found by its name, and only what is called is loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

from banshi.desks.console import main
from tests.desks.console.command import ROOT, banshi, surroundings

FOLDER = ROOT / "src/banshi/desks/console/commands"


def test_every_command_has_a_module_and_every_module_is_a_command() -> None:
    modules = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert modules == {name.replace("-", "_") for name in main.COMMANDS}


def test_the_help_names_every_command_with_what_it_is_for() -> None:
    told = " ".join(banshi("--help", COLUMNS="200").out.split())
    for name, help in main.COMMANDS.items():
        assert f"{name} {help}" in told


def test_no_command_at_all_shows_the_help_and_is_no_success() -> None:
    assert banshi(status=2).out == banshi("--help").out


@pytest.mark.parametrize("arguments", [("--help",), ("cases", "--help"), ("keys", "new", "LICENSE")])
def test_only_the_module_of_the_command_that_is_called_is_loaded(arguments: tuple[str, ...]) -> None:
    program = (
        "import atexit, sys; from banshi.desks.console.main import main\n"
        "atexit.register(lambda: print('', *sys.modules, sep='\\n'))\n"
        "main(sys.argv[1:])"
    )
    loaded = subprocess.run(
        [sys.executable, "-P", "-c", program, *arguments],
        cwd=ROOT,
        env=surroundings({}),
        capture_output=True,
        text=True,
        check=True,
    )
    modules = set(loaded.stdout.splitlines())
    ours = {name.rpartition(".")[2] for name in modules if ".console.commands." in name}
    assert "banshi.desks.console.main" in modules
    assert ours == ({arguments[0]} if arguments[0] in main.COMMANDS else set())
    assert not {"django", "yaml", "msgspec", "numpy"} & modules


@pytest.mark.parametrize(
    ("typed", "near"), [("serv", "serve"), ("catalog", "catalogue"), ("backups", "backup"), ("tset", "test")]
)
def test_a_slip_is_told_what_was_probably_meant(
    typed: str, near: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main([typed, "--json"]) == 2
    told = capsys.readouterr().err
    assert f"没有“{typed}”这个命令。是不是 " in told and near in told.splitlines()[0]
    assert f"There is no command '{typed}'. Did you mean " in told and "./banshi --help" in told


def test_a_name_like_none_is_told_where_the_names_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["xyzzy"]) == 2
    told = capsys.readouterr().err
    assert "是不是" not in told and told.count("./banshi --help") == 2
