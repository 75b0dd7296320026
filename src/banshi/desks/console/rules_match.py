"""规则匹配: a file of rules against a population in Parquet: who matches, who cannot be told and what is missing, and why.

RULES is YAML (or JSON):

    names:                                   # left out: the columns of the population as they are
      age: int
      income: {type: int, zh: 年收入, unit: 分}  # column: what its column is called, if not income
      members: {type: {list: {age: int, ill: bool}}, zh: 家庭成员}
      as_of: date
    rules:                                   # or a plain list of texts
      - {key: elderly, when: age >= 60 && income <= yuan(30000), article: 《…办法》第五条}

Every line of `--json` is a subject with a match or something unknown, the last one counts:
`{"row": 3, "matches": ["elderly"], "unknown": {"child": ["income"]}}` (rows count from 1).
The whole population is checked first: of one that is broken nothing is printed but what is wrong, and where.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from banshi.infra.population.chunk import Chunk
from banshi.infra.population.columns import Population
from banshi.infra.population.plan import Answers, Plan
from banshi.infra.population.reasons import Reasons
from banshi.infra.population.schema import declared
from banshi.kernel.facts import Refused
from banshi.kernel.rules import Datum, Rule, RuleError, compile
from banshi.kernel.rules.explain import Explanation, Reason
from banshi.kernel.rules.types import DATE, INT, STRING, Type, list_of, read, record

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_FALSE, _TRUE = ("false", "否", "0"), ("true", "是", "1")


@dataclass(frozen=True, slots=True)
class RuleFile:
    """规则文件: `names` None: as the population has them. Texts and articles by the rule's key; headings of columns by the
    key of the datum."""

    names: dict[str, Datum] | None
    headings: dict[str, str]
    texts: dict[str, str]
    articles: dict[str, str]


def match(
    rules_file: Path,
    population_file: Path,
    *,
    given: Iterable[str] = (),
    id_column: str = "",
    explain: bool = False,
    summary: bool = False,
    as_json: bool = False,
) -> int:
    """Print the matches. `given`: `key=value`, data that are the same for all. Raises `Refused`, and then nothing is printed."""
    wanted = rule_file(rules_file)
    names = dict(
        wanted.names if wanted.names is not None else declared(Population.read(population_file).schema)
    )
    values = _given(given, names)
    rules = {key: _compiled(key, text, names, population_file) for key, text in wanted.texts.items()}
    plan = Plan(rules, given=values, atoms=True)
    asks = [*plan.asks, *([id_column] if id_column and id_column not in plan.asks else [])]
    if id_column and id_column not in names:
        names |= {
            key: one
            for key, one in declared(Population.read(population_file).schema).items()
            if key == id_column
        }
        if id_column not in names:
            raise Refused(
                "no_column",
                f"{population_file} 没有“{id_column}”列。",
                f"{population_file} has no column {id_column}.",
            )
    population = Population.read(population_file, names, asks, wanted.headings)
    population.check()
    reasons = Reasons(rules, plan, values, wanted.articles)
    counts = {key: Counter[str]() for key in rules}
    missing = {key: Counter[str]() for key in rules}
    total = 0
    for chunk in population.chunks():
        total += chunk.rows
        for subject in _subjects(
            chunk, plan.run(chunk), reasons, counts, missing, id_column, explain=explain, summary=summary
        ):
            print(json.dumps(subject, ensure_ascii=False) if as_json else _said(subject))
    _print_counts(total, counts, missing, names, as_json=as_json)
    return 0


def _subjects(
    chunk: Chunk,
    answers: Answers,
    reasons: Reasons,
    counts: dict[str, Counter[str]],
    missing: dict[str, Counter[str]],
    id_column: str,
    *,
    explain: bool,
    summary: bool,
) -> Iterable[dict[str, Any]]:
    """Those of the chunk with a match, or for whom something cannot be told."""
    found: dict[int, dict[str, Any]] = {}

    def subject(row: int) -> dict[str, Any]:
        if row not in found:
            found[row] = {"row": chunk.first + row + 1, "matches": [], "unknown": {}}
            if id_column:
                found[row]["id"] = _plain(chunk.values(id_column, (row,))[0])
        return found[row]

    for key, mask in answers.rules.items():
        untold = reasons.untold(key, chunk, answers)
        matches = mask.sure.nonzero()[0].tolist()
        counts[key] += Counter(matches=len(matches), unknown=len(untold.rows))
        for why, times in untold.counts():
            missing[key] += Counter(dict.fromkeys(why.missing or (why.problem,), times))
        if summary:
            continue
        for row in matches:
            subject(row)["matches"].append(key)
        for row, why in untold:
            subject(row)["unknown"][key] = list(why.missing)
            if why.problem:
                subject(row).setdefault("problems", {})[key] = why.problem
    for row in sorted(found):
        one = found[row]
        if explain:
            asked = [*one["matches"], *one["unknown"]]
            one["explain"] = {key: _explained(reasons.explain(key, chunk, row)) for key in asked}
        yield one


def _explained(told: Explanation) -> dict[str, Any]:
    atoms = [_atom(atom) for atom in told.reason.atoms()]
    return {"atoms": atoms} | ({"article": told.article} if told.article else {})


def _atom(atom: Reason) -> dict[str, Any]:
    values = {used.label: used.value for used in atom.used}
    return {"text": atom.text, "outcome": atom.outcome, "deciding": atom.deciding, "values": values}


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | str | None) else str(value)


_OUTCOMES = {
    "true": "是 true",
    "false": "否 false",
    "unknown": "未知 unknown",
    "error": "出错 error",
    "value": "值 value",
    "not_asked": "未问 not asked",
}


def _said(subject: Mapping[str, Any]) -> str:
    parts = []
    if subject["matches"]:
        parts.append(f"符合 matches {'、'.join(subject['matches'])}")
    for key, missing in subject["unknown"].items():
        lack = "、".join(missing)
        why = f"缺 lacks {lack}" if missing else subject["problems"][key]
        parts.append(f"不能确定 unknown {key}（{why}）")
    id_ = f" {subject['id']}" if "id" in subject else ""
    lines = [f"第{subject['row']}行 row {subject['row']}{id_}：{'；'.join(parts)}"]
    for key, told in subject.get("explain", {}).items():
        lines.append(f"    {key} {told.get('article', '')}".rstrip())
        for atom in told["atoms"]:
            values = "，".join(f"{label}：{value}" for label, value in atom["values"].items())
            mark = "*" if atom["deciding"] else " "
            lines.append(
                f"    {mark} {atom['text']}：{_OUTCOMES[atom['outcome']]}"
                + (f"（{values}）" if values else "")
            )
    return "\n".join(lines)


def _print_counts(
    total: int,
    counts: Mapping[str, Counter[str]],
    missing: Mapping[str, Counter[str]],
    names: Mapping[str, Datum],
    *,
    as_json: bool,
) -> None:
    if as_json:
        rules = {
            key: {
                "matches": one["matches"],
                "unknown": one["unknown"],
                "missing": dict(missing[key].most_common()),
            }
            for key, one in counts.items()
        }
        print(json.dumps({"rows": total, "rules": rules}, ensure_ascii=False))
        return
    print(f"共 {total} 行 / {total} rows")
    for key, one in counts.items():
        lacks = "，".join(
            f"{names[datum].zh if datum in names else datum} {times}"
            for datum, times in missing[key].most_common(5)
        )
        tail = f"（缺 lacks：{lacks}）" if lacks else ""
        print(f"{key}：符合 matches {one['matches']}，不能确定 unknown {one['unknown']}{tail}")


# the file of rules


def rule_file(file: Path) -> RuleFile:
    """Read it. Raises `Refused`, naming the place."""
    try:
        found = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _bad(file, f"读不懂：{error}", f"cannot be read: {error}") from None
    if isinstance(found, list):
        found = {"rules": found}
    if not isinstance(found, dict) or not isinstance(found.get("rules"), list) or not found["rules"]:
        raise _bad(file, "里没有 rules 这个列表。", "has no list of rules.")
    texts, articles = {}, {}
    for number, one in enumerate(found["rules"], start=1):
        rule = {"when": one} if isinstance(one, str) else one
        if not isinstance(rule, dict) or not isinstance(rule.get("when"), str):
            raise _bad(file, f"第{number}条规则没有 when（条件）。", f"rule {number} has no `when`.")
        key = str(rule.get("key", number))
        if key in texts:
            raise _bad(file, f"里“{key}”有两条规则。", f"has two rules called {key}.")
        texts[key], articles[key] = rule["when"], str(rule.get("article", ""))
    names, headings = _names(file, found.get("names"))
    return RuleFile(names, headings, texts, articles)


def _names(file: Path, found: Any) -> tuple[dict[str, Datum] | None, dict[str, str]]:
    """The declared data, and the headings of their columns."""
    if found is None:
        return None, {}
    if not isinstance(found, dict):
        raise _bad(file, "的 names 应是 键: 类型。", "names should be key: type.")
    names, headings = {}, {}
    for key, one in found.items():
        if not _KEY.fullmatch(str(key)):
            zh = f"里“{key}”要用英文键：income: {{type: int, column: {key}}}。"
            raise _bad(file, zh, f"{key}: write an ASCII key, as income: {{type: int, column: {key}}}.")
        about = one if isinstance(one, dict) and "type" in one else {"type": one}
        try:
            type_ = _type(about["type"])
        except ValueError:
            shown = json.dumps(about["type"], ensure_ascii=False, default=str)
            raise _bad(file, f"里“{key}”的类型“{shown}”不对。", f"{key}: {shown} is no type.") from None
        label = str(about.get("zh", about.get("column", key)))
        choices = {str(code): str(text) for code, text in dict(about.get("choices") or {}).items()}
        names[str(key)] = Datum(type_, label, str(about.get("en", "")), str(about.get("unit", "")), choices)
        if "column" in about:
            headings[str(key)] = str(about["column"])
    return names, headings


def _type(found: Any) -> Type:
    """`int`, `list(string)`, {list: {age: int}}, {age: int}. Raises `ValueError`."""
    if isinstance(found, str):
        return read(found)
    if isinstance(found, dict) and set(found) == {"list"}:
        return list_of(_type(found["list"]))
    if isinstance(found, dict) and found:
        return record({str(name): _type(one) for name, one in found.items()})
    raise ValueError("not a type")


def _bad(file: Path, zh: str, en: str) -> Refused:
    return Refused("bad_rule_file", f"{file} {zh}", f"{file} {en}")


def _compiled(key: str, text: str, names: Mapping[str, Datum], population: Path) -> Rule:
    try:
        return compile(text, names)
    except RuleError as error:
        word = text[error.span.start : error.span.end]
        known = word in names and _KEY.fullmatch(word)
        if not known and word in Population.read(population, {}).schema.names:
            raise Refused(
                "undeclared_column",
                f"规则“{key}”用到的“{word}”列，要在 names 里写明英文键和类型：income: {{type: int, column: {word}}}。",
                f"Rule {key} asks for column {word}: declare it in `names`, with an ASCII key and its type.",
            ) from None
        where = error.pointed(text)
        raise Refused(
            "wrong_rule", f"规则“{key}”有错：\n{where}", f"Rule {key} is wrong: {error.en}"
        ) from None


def _given(given: Iterable[str], names: dict[str, Datum]) -> dict[str, Any]:
    """`key=value` in the declared type; of one that is not declared the value shows it, and it is declared so."""
    values: dict[str, Any] = {}
    for one in given:
        key, _, text = one.partition("=")
        if key not in names:
            names[key] = Datum(_guessed(text), key)
        kind = names[key].type.kind
        try:
            values[key] = _value(kind, text)
        except ValueError:
            raise Refused(
                "wrong_given",
                f"“{one}”的值不是{names[key].type}。",
                f"The value of “{one}” is no {names[key].type}.",
            ) from None
    return values


def _guessed(text: str) -> Type:
    for kind, type_ in (("int", INT), ("date", DATE)):
        try:
            _value(kind, text)
        except ValueError:
            continue
        return type_
    return STRING


def _value(kind: str, text: str) -> Any:
    match kind:
        case "int":
            return int(text)
        case "double":
            return float(text)
        case "date":
            return date.fromisoformat(text)
        case "bool" if text in _TRUE + _FALSE:
            return text in _TRUE
        case "string":
            return text
    raise ValueError(text)
