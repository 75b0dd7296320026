"""What the documents say can be done: commands, options, files, links."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from banshi.desks.console import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("src/**/*.md"),
        *ROOT.glob("data/**/README.md"),
    ]
)
LAUNCHER = {"check", "test", "lock"}  # for developers; the launcher itself runs them
UNITS = sorted(ROOT.glob("docs/deploy/*"))


def commands(parser: argparse.ArgumentParser) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    """Every command with its parser; a group stands before its members."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, found in action.choices.items():
                yield (name,), found
                for deeper, inner in commands(found):
                    yield (name, *deeper), inner


KNOWN = dict(commands(main._parser()))


def written(page: Path) -> Iterator[list[str]]:
    """Each `./banshi …` of a page, word by word, up to the end of the command."""
    for found in re.finditer(
        r"(?:\./|/banshi/)banshi((?: +[^\s`|#<>（）()，。；;\"']+)+)", page.read_text("utf-8")
    ):
        yield found[1].split()


@pytest.mark.parametrize("page", [*PAGES, *UNITS], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_is_one(page: Path) -> None:
    for words in written(page):
        if words[0] in LAUNCHER | {"COMMAND", "…", "--help"} or not re.fullmatch(r"[a-z-]+", words[0]):
            continue
        name = tuple(words[:2]) if tuple(words[:2]) in KNOWN else tuple(words[:1])
        assert name in KNOWN, f"./banshi {' '.join(words)}"
        options = {option for action in KNOWN[name]._actions for option in action.option_strings}
        told = {word.split("=")[0].rstrip(",.") for word in words if word.startswith("--")}
        assert told <= options, f"./banshi {' '.join(words)}"


def test_every_command_is_told_of() -> None:
    """On a page, in a unit, or where the program says what to do."""
    pages = [*PAGES, *UNITS, *ROOT.glob("src/**/*.py")]
    told = {tuple(words[:length]) for page in pages for words in written(page) for length in (1, 2)}
    groups = {name[:1] for name in KNOWN if len(name) == 2}
    assert {name for name in KNOWN if name not in told} - groups == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"", text)
    for target in (one or other for one, other in links):
        if not target.startswith(("http", "#", "mailto:")):
            assert (page.parent / target.split("#")[0]).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_named_is_there(page: Path) -> None:
    """Paths of the project in `backquotes`. Those with capitals or stars stand for others."""
    for quoted in re.findall(
        r"`((?:src|docs|data|tests|tools|requirements)/[\w./-]+)`", page.read_text("utf-8")
    ):
        if "X" not in quoted and "/D/" not in quoted and "N" not in quoted:
            assert (ROOT / quoted).exists(), quoted


def test_both_languages_of_a_page_have_the_same_commands() -> None:
    for chinese in ROOT.glob("**/*.zh-CN.md"):
        if ".venv" in chinese.parts or "node_modules" in chinese.parts:
            continue
        english = chinese.with_name(chinese.name.replace(".zh-CN", ""))
        assert {tuple(words[:2]) for words in written(chinese)} == {
            tuple(words[:2]) for words in written(english)
        }


def test_nothing_tells_where_this_was_made() -> None:
    """Neither paths of somebody's machine nor addresses of package registries."""
    hosts = "|".join(("py" + "pi[.]", "python" + "hosted", "npm" + "js"))
    private = re.compile(rf"/{'work'}/|/root/|/home/(?!banshi)\w|\b{'shared'}/(design|domain|data)\b|{hosts}")
    kinds = {
        ".md",
        ".py",
        ".html",
        ".toml",
        ".txt",
        ".in",
        ".yaml",
        ".service",
        ".conf",
        ".typ",
        ".js",
        ".css",
        ".json",
    }
    tops = [ROOT / name for name in ("src", "docs", "tools", "requirements", "data/demo", "data/catalogue")]
    files = [
        path
        for top in tops
        for path in top.rglob("*")
        if path.suffix in kinds and "node_modules" not in path.parts
    ]
    files += [*ROOT.glob("*.md"), ROOT / "pyproject.toml", ROOT / "banshi"]
    assert [
        path.relative_to(ROOT).as_posix()
        for path in files
        if private.search(path.read_text("utf-8", "replace"))
    ] == []


# ---- data of others and of ours ----


@pytest.mark.parametrize(
    "folder", sorted(path for path in (ROOT / "data").iterdir() if path.is_dir()), ids=lambda path: path.name
)
def test_data_say_where_they_come_from_and_under_which_licence(folder: Path) -> None:
    readme = folder / "README.md"
    assert readme.is_file(), f"缺少 {readme.relative_to(ROOT)}"
    text = readme.read_text("utf-8")
    assert re.search(r"[Ll]icen[cs]e|许可|著作权法|public domain", text)
    assert re.search(r"[Ss]ource|来源|取自|编写|写成|invented", text)


def test_the_project_has_its_licence() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")
    assert "Version 2.0" in (ROOT / "LICENSE").read_text("utf-8")
