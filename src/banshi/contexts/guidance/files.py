"""流程文件: a flow in YAML, or a decision table in CSV or Excel; every mistake with its file and line.

All scalars of YAML are read as text and given their type by the schema alone, so that `no`, `01` and `2021-04-29` stay
what was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from banshi.contexts.guidance import values
from banshi.infra import sheets
from banshi.kernel.facts import Refused
from banshi.kernel.rules import Names, Rule, RuleError, compile
from banshi.kernel.rules.tables import Column, Missing, Output, Row, Table, TableError, read
from banshi.kernel.rules.tables.cells import KINDS
from banshi.kernel.rules.tables.reading import letter
from banshi.kernel.rules.types import DATE, Datum

Kind = Literal["choice", "several", "text", "int", "number", "date", "bool", "place"]
TABLES = (".csv", ".xlsx")


class _Frozen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class _Choice(_Frozen, frozen=True):
    key: str
    text: str
    help: str = ""


class _Known(_Frozen, frozen=True):
    fact: str
    gives: dict[str, str] = {}


class _Question(_Frozen, frozen=True):
    code: str
    text: str
    label: str = ""
    help: str = ""
    kind: Kind = "choice"
    choices: tuple[_Choice, ...] = ()
    unit: str = ""
    least: float | None = None
    most: float | None = None
    when: str = ""
    known: tuple[_Known, ...] = ()


class _Stage(_Frozen, frozen=True):
    key: str
    title: str
    lead: str = ""
    beside: bool = False


class _Total(_Frozen, frozen=True):
    title: str
    days: int
    when: str = ""
    source: str = ""


class _Outcome(_Frozen, frozen=True):
    code: str
    name: str
    when: str = ""
    plain_name: str = ""
    stage: str = ""
    theme: str = ""
    item: str = ""
    department: str = ""
    days: int = -1
    fee: str = ""
    materials: tuple[str, ...] = ()
    result: str = ""
    note: str = ""
    basis: tuple[str, ...] = ()


class _Notice(_Frozen, frozen=True):
    text: str
    when: str = ""


class _Flow(_Frozen, frozen=True):
    code: str
    title: str
    questions: tuple[_Question, ...]
    outcomes: tuple[_Outcome, ...]
    plain_name: str = ""
    summary: str = ""
    table: str = ""
    stages: tuple[_Stage, ...] = ()
    totals: tuple[_Total, ...] = ()
    notices: tuple[_Notice, ...] = ()
    keywords: tuple[str, ...] = ()
    applicants: tuple[Literal["person", "enterprise"], ...] = ("person", "enterprise")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """问题: what is wrong in which line (from 1) of the file."""

    file: str
    line: int
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.zh} / {self.en}"


class FlowError(Refused):
    """流程文件有错: with every mistake."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__(
            "bad_flow",
            "\n".join(f"{one.file}:{one.line}: {one.zh}" for one in self.problems),
            "\n".join(f"{one.file}:{one.line}: {one.en}" for one in self.problems),
        )


def read_flow(path: Path) -> values.Flow:
    """The flow in a file. Raises `FlowError`, `Refused`, `OSError`."""
    return _table_flow(path) if path.suffix.lower() in TABLES else _Reader(path).flow()


def _sheet(path: Path, columns: dict[str, Column] | None = None) -> Table:
    try:
        return read(sheets.read(path), columns)
    except TableError as error:
        raise FlowError(
            [
                Problem(
                    path.name,
                    one.line,
                    f"{letter(one.column)}列：{one.zh}",
                    f"column {letter(one.column)}: {one.en}",
                )
                for one in error.faults
            ]
        ) from None


def _table_flow(path: Path) -> values.Flow:
    """A table alone: each column is a question, each row an outcome, named as its first column of what follows says."""
    table = _sheet(path)
    questions = tuple(
        values.Question(
            column.key,
            column.zh or column.key,
            tuple(values.Choice(one, one) for one in column.choices),
            kind=column.kind,
            label=column.zh or column.key,
        )
        for column in table.columns
    )
    first = table.outputs[0].key
    rows = tuple(
        (
            values.Outcome(
                row.name,
                row.name if first in table.formulas.get(number, ()) else str(row.gives.get(first, row.name)),
                gives=row.gives,
            ),
        )
        for number, row in enumerate(table.rows)
    )
    return values.Flow(re.sub(r"[^A-Za-z0-9-]+", "-", path.stem), path.stem, questions, table, rows)


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[tuple[str | int, ...], int] = {}
        self.seen: set[int] = set()  # parts of the file that were read
        self.problems: list[Problem] = []

    def wrong(self, place: tuple[str | int, ...], zh: str, en: str) -> None:
        while place and place not in self.lines:
            place = place[:-1]
        self.problems.append(Problem(self.path.name, self.lines.get(place, 1), zh, en))

    def flow(self) -> values.Flow:
        raw = self._raw()
        columns = {
            one.code: Column(
                one.code, one.kind, one.label or one.text, tuple(choice.key for choice in one.choices)
            )
            for one in raw.questions
        }
        self._twice("questions", [one.code for one in raw.questions])
        self._twice("outcomes", [one.code for one in raw.outcomes])
        names = {one.code: self._datum(number, one) for number, one in enumerate(raw.questions)}
        names.setdefault("as_of", Datum(DATE, "今天"))
        questions = tuple(self._question(number, one, names) for number, one in enumerate(raw.questions))
        outcomes = tuple(self._outcome(number, one, names, raw) for number, one in enumerate(raw.outcomes))
        table, rows = self._table(raw, columns, outcomes)
        found = values.Flow(
            raw.code,
            raw.title,
            questions,
            table,
            rows,
            raw.plain_name or raw.title,
            raw.summary,
            tuple(values.Stage(one.key, one.title, one.lead, one.beside) for one in raw.stages),
            tuple(
                values.Total(
                    one.title, one.days, self._missing(("totals", n, "when"), one.when, names), one.source
                )
                for n, one in enumerate(raw.totals)
            ),
            tuple(
                (one.text, self._rule(("notices", n, "when"), one.when, names))
                for n, one in enumerate(raw.notices)
            ),
            raw.keywords,
            raw.applicants,
        )
        if self.problems:
            raise FlowError(self.problems)
        return found

    def _raw(self) -> _Flow:
        try:
            node = yaml.compose(self.path.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            plain = self._plain(node, ())
            return msgspec.convert(plain, _Flow, strict=False)
        except UnicodeDecodeError:
            problem = Problem(self.path.name, 1, "文件要存为 UTF-8 编码", "the file must be UTF-8")
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            said = str(getattr(error, "problem", None) or error).replace("\n", " ")
            problem = Problem(self.path.name, mark.line + 1 if mark else 1, f"YAML 写法有误（{said}）", said)
        except msgspec.ValidationError as error:
            self.wrong(*_explained(str(error)))
            raise FlowError(self.problems) from None
        raise FlowError([problem])

    def _plain(self, node: Any, place: tuple[str | int, ...]) -> Any:
        self.lines[place] = node.start_mark.line + 1 if node is not None else 1
        if node is None:
            return None
        if len(place) > 12:
            raise yaml.YAMLError("nested too deeply")
        if isinstance(node, yaml.ScalarNode):
            return node.value
        if id(node) in self.seen:
            self.wrong(place, "不要用 & 和 * 引用，照写一遍", "write it out: no & and * references")
            raise FlowError(self.problems)
        self.seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(inner, (*place, n)) for n, inner in enumerate(node.value)]
        found: dict[str, Any] = {}
        for key, inner in node.value:
            name = str(key.value)
            if name in found:
                self.wrong((*place, name), f"“{name}”写了两次", f"“{name}” is there twice")
            found[name] = self._plain(inner, (*place, name))
        return found

    def _twice(self, part: str, codes: list[str]) -> None:
        for number, code in enumerate(codes):
            if code in codes[:number]:
                self.wrong((part, number), f"code“{code}”已经用过", f"code {code} is used already")

    def _datum(self, number: int, one: _Question) -> Datum:
        if one.kind in ("choice", "several") and not one.choices:
            self.wrong(("questions", number), f"“{one.code}”没有选项", f"{one.code} has no choices")
        labels = {choice.key: choice.text for choice in one.choices}
        return Datum(KINDS[one.kind], one.label or one.text, unit=one.unit, choices=labels)

    def _question(self, number: int, one: _Question, names: Names) -> values.Question:
        asked = self._missing(("questions", number, "when"), one.when, names)
        return values.Question(
            one.code,
            one.text,
            tuple(values.Choice(choice.key, choice.text, choice.help) for choice in one.choices),
            help=one.help,
            kind=one.kind,
            label=one.label or one.text,
            unit=one.unit,
            least=one.least,
            most=one.most,
            asked=asked,
            known=tuple(values.KnownFrom(known.fact, known.gives) for known in one.known),
        )

    def _outcome(self, number: int, one: _Outcome, names: Names, raw: _Flow) -> values.Outcome:
        if one.stage and one.stage not in {stage.key for stage in raw.stages}:
            self.wrong(
                ("outcomes", number, "stage"), f"没有阶段“{one.stage}”", f"there is no stage {one.stage}"
            )
        given = msgspec.structs.asdict(one) | {
            "when": self._rule(("outcomes", number, "when"), one.when, names)
        }
        return values.Outcome(**given)

    def _rule(self, place: tuple[str | int, ...], text: str, names: Names) -> Rule | None:
        if not text:
            return None
        try:
            return compile(text, names)
        except RuleError as error:
            line = " ".join(text.split())
            self.wrong(place, f"规则“{line}”：{error.zh}", f"rule “{line}”: {error.en}")
        return None

    def _missing(self, place: tuple[str | int, ...], text: str, names: Names) -> Missing | None:
        rule = self._rule(place, text, names)
        return Missing(rule) if rule else None

    def _table(
        self, raw: _Flow, columns: dict[str, Column], outcomes: tuple[values.Outcome, ...]
    ) -> tuple[Table, tuple[tuple[values.Outcome, ...], ...]]:
        """Each outcome is a row with its rule; or the rows are those of a sheet, whose column `outcome` names them."""
        if not raw.table:
            rows = tuple(Row(one.code, only=one.when or compile("true", {})) for one in outcomes)
            return Table("collect", tuple(columns.values()), (Output("outcome", "text"),), rows), tuple(
                (one,) for one in outcomes
            )
        if Path(raw.table).name != raw.table:
            self.wrong(
                ("table",), "表要和流程放在一起，只写文件名", "the table lies beside the flow: only its name"
            )
            raise FlowError(self.problems)
        table = _sheet(self.path.with_name(raw.table), columns)
        known = {one.code: one for one in outcomes}
        rows_: list[tuple[values.Outcome, ...]] = []
        for row in table.rows:
            found = known.get(str(row.gives.get("outcome", "")))
            if found is None:
                said = row.gives.get("outcome", "")
                zh, en = f"流程里没有结论“{said}”", f"the flow has no outcome “{said}”"
                self.problems.append(Problem(raw.table, row.line, zh, en))
            else:
                rows_.append((replace(found, gives=row.gives),))
        return table, tuple(rows_)


def _explained(said: str) -> tuple[tuple[str | int, ...], str, str]:
    """Where, and what, of what msgspec says."""
    what, _, where = said.partition(" - at `$")
    steps = tuple(
        int(number) if number else word for word, number in re.findall(r"\.([^.\[`]+)|\[(\d+)\]", where)
    )
    if found := re.search(r"contains unknown field `(.+)`", what):
        return (*steps, found[1]), f"没有“{found[1]}”这个字段", what
    if found := re.search(r"missing required field `(.+)`", what):
        return steps, f"缺少“{found[1]}”", what
    if found := re.search(r"Invalid enum value '(.+)'", what):
        return steps, f"不认识“{found[1]}”", what
    return steps, f"写法不对（{what}）", what


def read_folder(folder: Path) -> Iterator[values.Flow]:
    """The flows of a folder. Raises `FlowError`, `Refused`, `OSError`."""
    for path in sorted(folder.glob("*.yaml")):
        yield read_flow(path)
