"""English is complete: every Chinese text of the pages has one, and what is shipped is what was translated."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "banshi"
CATALOGUES = sorted(SOURCE.glob("**/locale/en/LC_MESSAGES/django.po"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CALLS = {"gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "_"}
STRING = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
TEMPLATE_CALL = re.compile(rf"\b(gettext|_|ngettext|pgettext)\(\s*{STRING}(?:\s*,\s*{STRING})?", re.S)
CONTEXT = "\x04"  # between a context and its text, as in a compiled catalogue


def entries(path: Path) -> dict[str, list[str]]:
    """A catalogue: text → translations (of which some texts have one for each number). Fuzzy ones count as none.
    A text that has a context stands behind it."""
    found: dict[str, list[str]] = {}
    for block in re.split(r"\n\s*\n", path.read_text("utf-8")):
        parts: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if started := re.match(r'(msgid|msgid_plural|msgstr(?:\[\d\])?|msgctxt)\s+(".*")\s*$', line):
                name = started[1]
                parts[name] = ast.literal_eval(started[2])
            elif line.startswith('"') and name:
                parts[name] += ast.literal_eval(line)
        if parts.get("msgid"):
            fuzzy = "fuzzy" in "".join(line for line in block.splitlines() if line.startswith("#,"))
            said = [value for key, value in sorted(parts.items()) if key.startswith("msgstr")]
            key = f"{parts['msgctxt']}{CONTEXT}{parts['msgid']}" if "msgctxt" in parts else parts["msgid"]
            found[key] = [] if fuzzy else [*found.get(key, []), *said]
    return found


def english() -> dict[str, list[str]]:
    """All catalogues together, as Django reads them."""
    together: dict[str, list[str]] = {}
    for path in CATALOGUES:
        together |= entries(path)
    return together


def in_templates() -> Iterator[tuple[str, str]]:
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        for call, *texts in TEMPLATE_CALL.findall(templatize(path.read_text("utf-8"), origin=str(path))):
            read = [ast.literal_eval(text) for text in texts if text]
            yield path.relative_to(SOURCE).as_posix(), CONTEXT.join(read[: 2 if call == "pgettext" else 1])


def in_code() -> Iterator[tuple[str, str]]:
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in CALLS and node.args:
                texts = node.args[: 2 if "pgettext" in ast.unparse(node.func) else 1]
                read = [one.value for one in texts if isinstance(one, ast.Constant)]
                if len(read) == len(texts):
                    yield path.relative_to(SOURCE).as_posix(), CONTEXT.join(read)


def test_every_text_has_its_english() -> None:
    known = english()
    used = [*in_templates(), *in_code()]
    assert len(used) > 700
    missing = {f"{place}: {text}" for place, text in used if not known.get(text) or not all(known[text])}
    assert missing == set()


def test_english_is_english() -> None:
    """Words of Chinese stand in it as names and examples, no more."""
    for text, said in english().items():
        for one in said:
            assert len(CHINESE.findall(one)) <= len(re.findall(r"[A-Za-z]", one)) / 2 or one in (
                "%(office)s",
            ), text


def test_what_stands_for_something_stands_in_both() -> None:
    """%(count)s and {{ count }} in the Chinese are in the English too, and no others."""
    marks = re.compile(r"%\((\w+)\)[sd]")
    wrong = [
        text
        for text, said in english().items()
        for one in said
        if set(marks.findall(one)) - set(marks.findall(text))
        or (len(said) == 1 and set(marks.findall(text)) - set(marks.findall(one)))
    ]
    assert wrong == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(SOURCE).parts[-5])
def test_what_is_shipped_was_made_of_what_was_translated(path: Path) -> None:
    """After a change: msgfmt -o django.mo django.po, in the folder of the catalogue."""
    with path.with_suffix(".mo").open("rb") as file:
        shipped = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    told: dict[str, set[str]] = {}
    for key, value in shipped.items():
        text = key[0] if isinstance(key, tuple) else key
        told.setdefault(text, set()).add(value)
    told.pop("", None)
    assert told == {text: set(said) for text, said in entries(path).items() if said and all(said)}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.relative_to(SOURCE).parts[-5])
def test_a_catalogue_has_nothing_that_is_not_used(path: Path) -> None:
    used = {text for _, text in (*in_templates(), *in_code())}
    literals = {
        node.value
        for file in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    labels = {word for text in literals for word in text.split()}  # several stand in one text
    left = set(entries(path)) - used
    assert {text for text in left if text.rpartition(CONTEXT)[2] not in literals | labels} == set()


def test_no_chinese_stands_in_a_page_untranslated() -> None:
    """Outside tags, comments and translations; the gallery shows samples, and the word 中文 names itself."""
    wild = []
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        place = path.relative_to(SOURCE).as_posix()
        if "/gallery/" in place or path.name == "500.html":
            continue
        text = re.sub(
            r"{%\s*blocktrans.*?endblocktrans\w*\s*%}|{%\s*comment.*?endcomment\s*%}|{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->",
            "",
            path.read_text("utf-8"),
            flags=re.S,
        )
        wild += [f"{place}: {found}" for found in re.findall(r"[\u4e00-\u9fff]{2,}", text)]
    assert [one for one in wild if not one.endswith(": 中文")] == []
