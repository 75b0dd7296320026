"""目录文件: the YAML files of a catalogue, read with every mistake at its line and column.

All scalars are read as text and given their type by the schema alone, so that `no`, `01` and `2021-04-29`
stay what was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import inspect

from banshi.contexts.catalogue.rules import Finding, Laws, articles_of, check, unverified
from banshi.contexts.catalogue.rules.notes import Path as Place
from banshi.contexts.catalogue.values import (
    ApplicantKind,
    Bundle,
    Catalogue,
    Ceiling,
    CertificateType,
    Dictionaries,
    Element,
    Frozen,
    Item,
    MaterialType,
    Question,
    Section,
)
from banshi.kernel.mistakes import Mistake

DICTIONARIES: dict[str, Any] = {
    "materials": MaterialType,
    "questions": Question,
    "certificates": CertificateType,
    "departments": str,
    "topics": tuple[ApplicantKind, ...],
}
_KEY = "@key"  # a step after a place: the key itself, not what stands behind it
SYNTAX = {
    "cannot start any token": "缩进要用空格，不能用制表符；以 @、`、% 开头的文字加引号",
    "mapping values are not allowed": "这里不能有冒号；文字里有冒号的，整句加引号",
    "could not find expected ':'": "键后面少了冒号",
    "did not find expected '-'": "列表的每一项以 - 开头，并且左端对齐",
    "did not find expected key": "缩进没有对齐，或者引号、括号没有成对",
    "did not find expected node content": "方括号、花括号没有成对",
    "unexpected end of stream": "引号没有成对",
}
KINDS = {
    "str": "文字",
    "int": "整数",
    "bool": "true 或 false",
    "array": "列表",
    "object": "“键: 值”",
    "null": "空",
}
_RANKS = {"行政法规": "regulation", "部门规章": "rule", "司法解释": "rule", "地方法规": "local"}
_AT = re.compile(r" - at `\$(.*)`$")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]|(\[\.\.\.\])")
_DATED = re.compile(r"^(.+)\((\d{4}-\d{2}-\d{2})\)$")
_PASSED = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")


@dataclass(frozen=True)
class Reading:
    """读入结果: the catalogue if nothing is wrong with it; `unverified` counts the articles 未核."""

    catalogue: Catalogue | None
    errors: tuple[Mistake, ...]
    warnings: tuple[Mistake, ...] = ()
    unverified: int = 0


@dataclass
class _File:
    name: str
    value: Any = None
    marks: dict[Place, tuple[int, int]] = field(default_factory=dict)
    problems: list[Mistake] = field(default_factory=list)

    def say(self, place: Place, zh: str, en: str) -> Mistake:
        while place and place not in self.marks:
            place = place[:-1]
        return Mistake(self.name, *self.marks.get(place, (1, 1)), zh, en)

    def convert[T](self, place: Place, value: Any, type_: type[T]) -> T | None:
        """The value as the schema has it, or None and a problem more."""
        try:
            return msgspec.convert(value, type_, strict=False)
        except msgspec.ValidationError as error:
            self.problems.append(self.say(*_explain(place, value, type_, str(error))))
            return None


def read_catalogue(folder: Path, laws: Laws, ceilings: Iterable[Ceiling] = ()) -> Reading:
    """The catalogue in a folder (`elements.yaml` and its like, `items/`, `bundles/`), checked as a whole.

    `ceilings`: what the place that it is for has pledged to promise at most.
    """
    files: dict[str, _File] = {}

    def open_file(source: str) -> _File:
        files[source] = _read(folder, f"{source}.yaml")
        return files[source]

    dictionaries = _dictionaries(open_file)
    items = _definitions(folder, "items", Item, open_file)
    bundles = _definitions(folder, "bundles", Bundle, open_file)
    broken = tuple(sorted(problem for file in files.values() for problem in file.problems))
    if broken:
        return Reading(None, broken)
    catalogue = Catalogue(dictionaries, items, bundles)
    findings = check(catalogue, laws, tuple(ceilings))
    errors = tuple(sorted(_problem(files, finding) for finding in findings if not finding.warning))
    warnings = tuple(sorted(_problem(files, finding) for finding in findings if finding.warning))
    return Reading(None if errors else catalogue, errors, warnings, len(unverified(catalogue)))


def read_laws(folder: Path) -> Laws:
    """The statutes in the folders of a folder, named `name(edition).md`.

    A file without an edition is a book of the code that its folder is named after; its edition is the day the
    code was passed. Raises ValueError if one edition of a law is there twice with different words.
    """
    texts: dict[tuple[str, str], dict[str, str]] = {}
    ranks: dict[tuple[str, str], str] = {}
    for file in sorted(folder.glob("*/**/*.md")):
        text = file.read_text(encoding="utf-8")
        if not (articles := articles_of(text)):
            continue
        if dated := _DATED.match(file.stem):
            law, edition = dated.groups()
        elif passed := _PASSED.search(text):
            law, edition = file.parent.name, "{}-{:0>2}-{:0>2}".format(*passed.groups())
        else:
            raise ValueError(f"{file}: 看不出是哪一版 / its edition is nowhere to be seen")
        known = texts.setdefault((law, edition), {})
        if any(known.get(key, words) != words for key, words in articles.items()):
            raise ValueError(
                f"{file}: 与另一份同版文本不一致 / differs from another text of the same edition"
            )
        known.update(articles)
        ranks[law, edition] = _RANKS.get(file.relative_to(folder).parts[0][-4:], "law")
    return Laws(texts, ranks)


def _dictionaries(open_file: Callable[[str], _File]) -> Dictionaries:
    tables = {}
    for source, type_ in DICTIONARIES.items():
        file = open_file(source)
        tables[source] = _table(file, (), file.value, type_)
    file = open_file("elements")
    head = file.convert((), file.value, _Elements) if file.value is not None else None
    sections = head.sections if head else ()
    return Dictionaries(
        sections=sections,
        elements=_table(file, ("elements",), head.elements if head else {}, Element),
        **tables,
    )


class _Elements(Frozen, frozen=True):
    sections: tuple[Section, ...]
    elements: dict[str, Any]


def _table(file: _File, place: Place, value: Any, type_: Any) -> dict[str, Any]:
    """Entry by entry, so that each tells its own mistake."""
    if file.value is None or file.convert(place, value, dict[str, Any]) is None:
        return {}
    read = {key: file.convert((*place, key), entry, type_) for key, entry in value.items()}
    return {key: entry for key, entry in read.items() if entry is not None}


def _definitions[T: (Item, Bundle)](
    folder: Path, kind: str, type_: type[T], open_file: Callable[[str], _File]
) -> dict[str, T]:
    found = {}
    for path in sorted((folder / kind).glob("*.yaml")):
        file = open_file(f"{kind}/{path.stem}")
        if file.value is None or not (definition := file.convert((), file.value, type_)):
            continue
        if definition.code != path.stem:
            file.problems.append(
                file.say(
                    ("code",),
                    f"code 要和文件名一样：{path.stem}",
                    f"code must be the file's name, {path.stem}",
                )
            )
        found[definition.code] = definition
    return found


def _problem(files: dict[str, _File], finding: Finding) -> Mistake:
    return files[finding.source].say(finding.path, finding.zh, finding.en)


def _read(folder: Path, name: str) -> _File:
    file = _File(name)
    try:
        node = yaml.compose(
            (folder / name).read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        )
    except FileNotFoundError:
        file.problems.append(file.say((), "没有这个文件", "the file is missing"))
    except UnicodeDecodeError:
        file.problems.append(file.say((), "文件要存为 UTF-8 编码", "the file must be UTF-8"))
    except yaml.YAMLError as error:
        file.problems.append(_syntax(name, error))
    else:
        if node is None:
            file.problems.append(file.say((), "文件是空的", "the file is empty"))
        else:
            file.value = _plain(node, (), file, set())
    return file


def _syntax(name: str, error: yaml.YAMLError) -> Mistake:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    zh = next((zh for en, zh in SYNTAX.items() if en in said), "YAML 写法有误")
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Mistake(name, line, column, zh, said)


def _plain(node: Any, place: Place, file: _File, seen: set[int]) -> Any:
    """The node as text, lists and dicts; notes where everything stands, and what YAML would let pass."""
    file.marks.setdefault(place, (node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, yaml.ScalarNode):
        return None if not node.style and node.value in ("", "~", "null") else node.value
    if id(node) in seen:
        file.problems.append(
            file.say(place, "不要用 & 和 * 引用，照写一遍", "write it out: no & and * references")
        )
        return None
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(inner, (*place, index), file, seen) for index, inner in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key, inner in node.value:
        here: Place = (*place, key.value) if isinstance(key, yaml.ScalarNode) else place
        line, column = key.start_mark.line + 1, key.start_mark.column + 1
        if here == place or key.value in found:
            zh, en = (f"键 {key.value} 写了两次", f"key {key.value} is there twice") if here != place else (
                "键只能是一个词", "a key must be a word")  # fmt: skip
            file.problems.append(Mistake(file.name, line, column, zh, en))
            continue
        file.marks[*here, _KEY] = (line, column)
        if not isinstance(inner, yaml.ScalarNode):  # the key says more than the first word of what follows
            file.marks[here] = (line, column)
        found[key.value] = _plain(inner, here, file, seen)
    return found


def _explain(place: Place, value: Any, type_: Any, message: str) -> tuple[Place, str, str]:
    """Where msgspec's message points to, and what it means."""
    at = _AT.search(message)
    said = message[: at.start()] if at else message
    steps: list[str | int] = []
    info = inspect.type_info(type_)
    for key, index, entry in _STEP.findall(at[1] if at else ""):
        step = _misfit(value) if entry else key or int(index)
        steps.append(step)
        value = value[step] if isinstance(value, dict) else value[int(step)]
        info = _inside(info, step)
    here = (*place, *steps)
    name = re.search(r"`([^`]+)`", said)
    fields = [part.name for part in info.fields] if isinstance(info, inspect.StructType) else []
    if said.startswith("Object contains unknown field") and name:
        near = get_close_matches(name[1], fields, 1)
        zh = f"不认识 {name[1]}，" + (f"是不是 {near[0]}" if near else f"可以写 {'、'.join(fields)}")
        en = f"unknown key {name[1]}" + (f": {near[0]}?" if near else f"; known are {', '.join(fields)}")
        return (*here, name[1], _KEY), zh, en
    if said.startswith("Object missing required field") and name:
        return here, f"缺少 {name[1]}", f"{name[1]} is missing"
    if said.startswith("Invalid enum value") and isinstance(info, inspect.LiteralType):
        allowed = [str(choice) for choice in info.values]
        return here, f"只能填 {'、'.join(allowed)}", f"must be one of {', '.join(allowed)}"
    if expected := re.match(r"Expected `(.+)`, got `(.+)`", said):
        wanted, got = (
            " 或".join(KINDS.get(kind, kind) for kind in kinds.split(" | ")) for kinds in expected.groups()
        )
        return here, f"这里要{wanted}，写成了{got}", said.replace("`", "")
    return here, "写法不对", said


def _misfit(value: dict[str, Any]) -> str:
    """The key of a condition that msgspec means but does not name."""
    for key, choices in value.items():
        if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
            return key
    return next(iter(value))


def _inside(info: Any, step: str | int) -> Any:
    """The type of a part of a type; of a type or nothing, the type."""
    if isinstance(info, inspect.StructType):
        info = next((part.type for part in info.fields if part.name == step), None)
    elif isinstance(info, inspect.VarTupleType):
        info = info.item_type
    else:
        info = getattr(info, "value_type", None)
    if isinstance(info, inspect.UnionType):
        info = next((part for part in info.types if not isinstance(part, inspect.NoneType)), None)
    return info
