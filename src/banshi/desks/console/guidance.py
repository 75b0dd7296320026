"""导办: run answers through a guide or a decision table, check it, draw it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from banshi.contexts.guidance import queries as guidance
from banshi.contexts.guidance.values import Flow, Question
from banshi.desks.console.lines import lines_of
from banshi.infra.config import DATA
from banshi.kernel.facts import Refused

_PARTS = {"answers", "known", "id"}


def run(file: Path, answers: Path, on: date) -> int:
    """A line of JSON for each line of answers; 1 when an answer was wrong. Raises `Refused` for a flow that is."""
    flow = guidance.read_flow(file)
    failed = False
    for number, line in _lines(answers):
        try:
            told = _told(flow, line, on)
        except Refused as refused:
            failed = True
            told = {"line": number, "error": {"kind": refused.rule, "zh": refused.zh, "en": refused.en}}
        print(json.dumps(told, ensure_ascii=False))
    return 1 if failed else 0


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    lines = lines_of(file)
    yield from ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def _told(flow: Flow, line: str, on: date) -> dict[str, Any]:
    """What the answers of one line come to."""
    id, answers, known = _given(line)
    questions = {question.code: question for question in flow.questions}
    for code in answers:
        if code not in questions:
            near = "、".join(list(questions)[:20])
            raise Refused(
                "no_such_question", f"没有问题“{code}”，只有{near}。", f"There is no question {code}."
            )
    typed = {code: _text(questions[code], value) for code, value in answers.items()}
    for code, text in typed.items():
        guidance.read(questions[code], text)
    now = guidance.walk(flow, typed, {fact: str(value) for fact, value in known.items()}, on)
    found = flow.outcomes(now.hits, now.data) if now.next is None else ()
    asked = [question.code for question, _ in now.answered]
    counted = {*asked, *(one.question.code for one in now.known)}
    return {
        **({"id": id} if id is not None else {}),
        "outcomes": [{"code": one.code, "name": one.name, **_plain(one.gives)} for one in found],
        "next": now.next.code if now.next else None,
        "asked": asked,
        "known": {one.question.code: {"answer": one.choice.key, "from": one.fact} for one in now.known},
        "unused": [code for code in typed if code not in counted],
    }


def _given(line: str) -> tuple[Any, Mapping[str, Any], Mapping[str, Any]]:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        told = None
    parts = told if isinstance(told, dict) and isinstance(told.get("answers"), dict) else {}
    known = parts.get("known", {})
    if not parts or set(parts) - _PARTS or not isinstance(known, dict):
        zh = '每行应是 {"answers": {"问题": "答案"}}，可以再有 "known" 和 "id"。'
        raise Refused(
            "bad_line", zh, 'A line is {"answers": {"question": "answer"}}, with "known" and "id" if wanted.'
        )
    return parts.get("id"), parts["answers"], known


def _text(question: Question, value: Any) -> str:
    """An answer as it would be typed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and question.kind == "int" and value.is_integer():
        return str(int(value))
    if isinstance(value, list) and question.kind == "several":
        return " ".join(map(str, value))
    if isinstance(value, str | int | float):
        return str(value)
    label = question.label or question.text
    raise Refused(
        "wrong_answer",
        f"“{label}”的回答应是文字或数，却是{json.dumps(value, ensure_ascii=False)[:60]}。",
        f"The answer to {question.code} has to be text or a number.",
    )


def _plain(gives: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in gives.items()}


def check(path: Path | None, on: date, *, as_json: bool) -> int:
    """Print everything that is wrong with each flow; 1 when there is anything."""
    path = path or DATA / "guidance"
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not files:
        raise Refused("no_flows", f"{path} 里没有流程（.yaml）。", f"There is no flow (.yaml) in {path}.")
    wrong = 0
    for file in files:
        try:
            told = guidance.check(guidance.read_flow(file), on)
        except guidance.FlowError as error:
            wrong += len(error.problems)
            for problem in error.problems:
                print(json.dumps(asdict(problem), ensure_ascii=False) if as_json else problem)
            continue
        wrong += len(told.findings)
        for finding in told.findings:
            said = {"file": file.name, **asdict(finding)}
            print(
                json.dumps(said, ensure_ascii=False)
                if as_json
                else f"{file.name}: {finding.zh} / {finding.en}"
            )
        if as_json:
            print(json.dumps({"file": file.name, "paths": told.paths, "longest": told.longest}))
        else:
            print(
                f"{file.name}：{told.paths} 条路径，最多 {told.longest} 个问题，{len(told.findings)} 处错误。"
                f" / {told.paths} ways, {told.longest} questions at most, {len(told.findings)} errors."
            )
    return 1 if wrong else 0


def draw(file: Path, out: Path | None, on: date) -> int:
    """Where each answer leads, as SVG, into a file or on the screen."""
    flow = guidance.read_flow(file)
    endless = [one for one in guidance.check(flow, on).findings if one.kind == "endless"]
    if endless:
        print("\n".join(f"{one.zh} / {one.en}" for one in endless), file=sys.stderr)
        return 1
    text = guidance.picture(flow, on)
    if out is None:
        print(text)
    else:
        out.write_text(text, "utf-8")
        print(f"已画好：{out} / Drawn.")
    return 0
