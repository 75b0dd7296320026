"""查流程: every way through a flow, and what a flow must not be: without end or answer, too long, or with parts never met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from banshi.contexts.guidance.rules.walking import AS_OF, choices_of, read, step
from banshi.contexts.guidance.values import Choice, Flow, Progress, Question
from banshi.kernel.facts import Refused
from banshi.kernel.rules import Rule
from banshi.kernel.rules.tables import Column
from banshi.kernel.rules.tables import check as check_table
from banshi.kernel.rules.tables.cells import KINDS, OTHER, Cell, Span, classes
from banshi.kernel.rules.tree import Call, Const, Node, atoms_of, names_of
from banshi.kernel.rules.tree import walk as nodes_of

MOST_QUESTIONS = 10  # 潍坊 报建清单: 5–10 道选择题
MOST_PATHS = 100_000


@dataclass(frozen=True, slots=True)
class Finding:
    """流程的问题: `kind` is unreachable, never, endless, unanswered, too_deep, clash, overlap or too_big; `at`: what it is about."""

    kind: str
    at: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Checked:
    """检查结果: how many ways there are, how many questions the longest has; nothing found: it may be published."""

    findings: tuple[Finding, ...]
    paths: int
    longest: int


def samples(flow: Flow, on: date) -> dict[str, tuple[str, ...]]:
    """For each question answers that stand for all that the flow can tell apart: the choices; of numbers and dates, every
    bound that a rule names and what lies between."""
    rules = [row.only for row in flow.table.rows if row.only is not None]
    rules += [question.asked.rule for question in flow.questions if question.asked is not None]
    rules += [total.when.rule for total in flow.totals if total.when is not None]
    return {question.code: _samples(flow, question, rules, on) for question in flow.questions}


def _samples(flow: Flow, question: Question, rules: list[Rule], on: date) -> tuple[str, ...]:
    if question.kind in ("choice", "bool"):
        return tuple(choice.key for choice in choices_of(question))
    cells = [row.cells[question.code] for row in flow.table.rows if question.code in row.cells]
    # Of each rule the conditions that are about this question.
    about = dict.fromkeys(
        atom for rule in rules for atom in atoms_of(rule.tree) if question.code in names_of(atom)
    )
    cells += [cell for atom in about for cell in _cells(atom, question.kind, on)]
    column = Column(question.code, question.kind, choices=tuple(one.key for one in question.choices))
    found = [_typed(value) for value, _ in classes(column, cells) or []]
    if not found:
        found = {"int": ["1"], "number": ["1"], "date": ["2026-01-01"], "place": ["000000"]}.get(
            question.kind, ["-"]
        )
    fits = [one for one in found if _fits(question, one)]
    return tuple(dict.fromkeys(fits))


def _cells(atom: Node, kind: str, on: date) -> Iterator[Cell]:
    """The constants of a condition that values of this kind may be held against, as cells."""
    wanted = KINDS[kind]
    if kind == "date":
        yield from (Cell(kind, (Span(day, day),)) for day in _days(atom, on))
        return
    for node in nodes_of(atom):
        if not isinstance(node, Const) or node.type != (
            KINDS["text"] if kind in ("place", "several") else wanted
        ):
            continue
        if kind in ("int", "number"):
            yield Cell(kind, (Span(node.value, node.value),))
        elif kind != "place" or str(node.value).isdecimal():
            yield Cell(kind, (node.value,))


def _days(atom: Node, on: date) -> set[date]:
    """The days that a condition names, `on` where it reckons from it; and, where it counts years or months, those so far off."""
    nodes = list(nodes_of(atom))
    days = {node.value for node in nodes if isinstance(node, Const) and isinstance(node.value, date)}
    days |= {on} if AS_OF in names_of(atom) else set()
    counted = {node.op for node in nodes if isinstance(node, Call)} & {"years", "months"}
    numbers = {node.value for node in nodes if isinstance(node, Const) and type(node.value) is int}
    for unit in counted:
        months = {(12 if unit == "years" else 1) * number * sign for number in numbers for sign in (1, -1)}
        days |= {far for day in days for count in months if (far := _months_off(day, count))}
    return days


def _months_off(day: date, count: int) -> date | None:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, 28)) if date.min.year <= year <= date.max.year else None


def _typed(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, str):
        return (value.removesuffix(OTHER).ljust(6, "0") if value.endswith(OTHER) else value) or "-"
    return str(value)


def _fits(question: Question, typed: str) -> bool:
    if question.kind not in ("int", "number"):
        return True
    low, high = question.least, question.most
    return (low is None or float(typed) >= low) and (high is None or float(typed) <= high)


def paths(flow: Flow, on: date) -> Iterator[Progress]:
    """Every way through on a day, to its end. Raises `Refused` where rules clash on one."""
    ways = {
        question.code: [read(question, one) for one in typed]
        for question, typed in zip(flow.questions, samples(flow, on).values(), strict=True)
    }
    todo: list[tuple[tuple[tuple[Question, Choice], ...], dict[str, Any]]] = [((), {AS_OF: on})]
    while todo:
        answered, data = todo.pop()
        question, hits = step(flow, data)
        if question is None:
            answers = {asked.code: choice.key for asked, choice in answered}
            yield Progress(answered, None, answers, data=data, hits=hits)
            continue
        code = question.code
        todo += [
            ((*answered, (question, choice)), {**data, code: value}) for value, choice in reversed(ways[code])
        ]


def check(flow: Flow, on: date, most: int = MOST_PATHS) -> Checked:
    """Everything that is wrong with a flow on a day; `most`: ways that are gone through."""
    found = [*_endless(flow), *_of_table(flow)]
    asked: set[str] = set()
    met: set[int] = set()
    count = longest = 0
    ways = paths(flow, on)
    while not found or count:
        try:
            now = next(ways, None)
        except Refused as refused:
            found.append(Finding("clash", "", refused.zh, refused.en))
            break
        if now is None:
            break
        count += 1
        asked |= {question.code for question, _ in now.answered}
        met |= set(now.hits)
        if not now.hits and not any(one.kind == "unanswered" for one in found):
            found.append(_unanswered(now))
        if len(now.answered) > max(longest, MOST_QUESTIONS):
            found = [one for one in found if one.kind != "too_deep"] + [_too_deep(now)]
        longest = max(longest, len(now.answered))
        if count >= most:
            zh, en = (
                f"路径超过{most}条，没有查完。",
                f"More than {most} ways; not all were gone through.",
            )
            return Checked((*found, Finding("too_big", "", zh, en)), count, longest)
    if count:
        found += _unmet(flow, asked, met)
    return Checked(tuple(found), count, longest)


def _unmet(flow: Flow, asked: set[str], met: set[int]) -> Iterator[Finding]:
    for question in flow.questions:
        if question.code not in asked:
            zh = f"问题“{question.text}”（{question.code}）怎么回答都问不到。"
            yield Finding("unreachable", question.code, zh, f"Question {question.code} is never asked.")
    for number, row in enumerate(flow.table.rows):
        if number not in met:
            zh = f"结论“{row.name}”怎么回答都得不到。"
            yield Finding("never", row.name, zh, f"Outcome {row.name} is never reached.")


def _unanswered(now: Progress) -> Finding:
    said = "，".join(f"{question.label or question.text}：{choice.text}" for question, choice in now.answered)
    codes = ", ".join(f"{question.code}={choice.key}" for question, choice in now.answered)
    return Finding(
        "unanswered",
        "",
        f"这样回答没有结论：{said or '什么都不问'}。",
        f"No outcome for {codes or 'nothing asked'}.",
    )


def _too_deep(now: Progress) -> Finding:
    codes = ", ".join(question.code for question, _ in now.answered)
    zh = f"最多问{MOST_QUESTIONS}个问题，有人要答{len(now.answered)}个：{codes}。"
    return Finding(
        "too_deep", "", zh, f"{len(now.answered)} questions on one way; {MOST_QUESTIONS} at most: {codes}."
    )


def _endless(flow: Flow) -> Iterator[Finding]:
    """Questions that wait for one another; and a question before what decides on it."""
    codes = [question.code for question in flow.questions]
    waits = {q.code: set(q.asked.rule.asks) & set(codes) if q.asked else set() for q in flow.questions}
    done: set[str] = set()
    while ready := [code for code in codes if code not in done and waits[code] <= done]:
        done.update(ready)
    ring = [code for code in codes if code not in done]
    if ring:
        zh = f"问题互相等待，没有尽头：{'、'.join(ring)}。"
        yield Finding("endless", ring[0], zh, f"Questions wait for one another: {', '.join(ring)}.")
        return
    for place, code in enumerate(codes):
        if late := sorted(waits[code] - set(codes[:place])):
            zh = f"“{code}”问不问要看“{'、'.join(late)}”，后者应排在前面。"
            yield Finding(
                "endless", code, zh, f"{code} depends on {', '.join(late)}, which has to come first."
            )


def _of_table(flow: Flow) -> Iterator[Finding]:
    """What its decision table says by itself; gaps are found on the ways, which know what can be answered."""
    told = check_table(flow.table)
    for one in told.overlaps:
        case = "，".join(f"{label}={value}" for label, value in one.example) or "任何情况"
        lines = f"第{one.lines[0]}、{one.lines[1]}行"
        zh = f"规则“{one.one}”和“{one.other}”（{lines}）同时成立：{case}。"
        yield Finding(
            "overlap",
            one.one,
            zh,
            f"Rules {one.one} and {one.other} (lines {one.lines[0]}, {one.lines[1]}) overlap.",
        )
    if not told.complete:
        yield Finding(
            "too_big", "", "决策表太大，重叠没有查完。", "The table is too big for all overlaps to be found."
        )
