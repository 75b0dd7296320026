"""规则试写: write or change a rule, a decision table or a guide, see what is wrong with it and where, and try it.

Nothing is kept: what is right goes into its file, which is checked again when it is published.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from banshi.contexts.guidance import queries as guidance
from banshi.contexts.guidance.values import Flow, Question
from banshi.contexts.policies import queries as policies
from banshi.contexts.policies.values import Element
from banshi.directory.values import PostKind
from banshi.infra import clock, sheets
from banshi.infra.config import DATA
from banshi.kernel.facts import Refused
from banshi.kernel.rules import RuleError, compile
from banshi.kernel.rules.explain import Explainer
from banshi.kernel.rules.types import DATE, Datum
from banshi.kernel.rules.types import read as read_type
from banshi.kernel.workdays import civil_day
from banshi.ui.access import STAFF, access
from banshi.ui.fields import Field, Option
from banshi.ui.parts import Problem

EDITORS = {PostKind.APPROVER, PostKind.LEADER, PostKind.STAFF_ADMIN}
MOST = 50_000  # characters
WAYS = 20_000  # of a guide that are gone through while somebody waits: a second
AS_OF = "as_of"
_KINDS = {"several": "checkboxes", "int": "number", "number": "number", "date": "calendar"}
_MARKS = {"true": "green", "false": "red", "unknown": "yellow", "error": "red", "not_asked": "grey"}


@access(STAFF, posts=EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """GET takes an example or something published as a start (`from`); POST checks what was typed, and tries it."""
    kind, text = _start(request.GET.get("from", ""))
    typed: Mapping[str, Any] = request.POST
    shown: dict[str, Any] = {}
    problems: list[Problem] = []
    if request.method == "POST":
        kind = kind if (kind := typed.get("kind", "")) in ("rule", "table", "flow") else "rule"
        text = typed.get("text", "")[:MOST].replace("\r\n", "\n")
        try:
            text = _sheet(request) or text
            shown = _rule(text, typed) if kind == "rule" else _flow(kind, text, request)
        except RuleError as wrong:
            problems = [Problem(text=_said(wrong), field="text")]
            told, _, line = wrong.pointed(text).partition("\n")
            shown = {"pointed": f"{told.partition(' ')[0]}\n{line}"}
        except guidance.FlowError as wrong:
            problems = [
                Problem(text=_line(one.line, _one(one.zh, one.en)), field="text") for one in wrong.problems
            ]
        except Refused as wrong:
            problems = [Problem(text=_said(wrong), field="text")]
    shown |= {
        "kind": _kind(kind),
        "text": Field(
            name="text", label=gettext("写在这里"), kind="textarea", rows=14, value=text,
            error=problems[0].text if problems else "",
        ),
        "starts": _starts(),
        "data": sorted(_elements().items()) if kind == "rule" else [],
        "problems": problems,
        "tried": request.method == "POST" and not problems,
    }  # fmt: skip
    return render(request, "staff/rules.html", shown, status=422 if problems else 200)


def _start(name: str) -> tuple[str, str]:
    """What the editor begins with: `policy:CODE:CONDITION`, `guide:CODE`, or an example."""
    kind, _, rest = name.partition(":")
    if kind == "policy":
        code, _, key = rest.partition(":")
        for state in policies.list_policies([code]):
            return "rule", next((one.rule for one in state.policy.conditions if one.key == key), "")
    if kind == "guide" and (path := DATA / "guidance" / f"{rest}.yaml") in (DATA / "guidance").glob("*.yaml"):
        return "flow", path.read_text("utf-8")
    if kind == "table":
        return (
            "table",
            "unique,kind 类型,age:int 年龄,-> outcome\n,person,>= 60,可以办老年证\n,person,< 60,还不能办\n,firm,,企业不办\n",
        )
    return "rule", "years(person.born, as_of) >= 60"


def _starts() -> list[tuple[str, list[tuple[str, str]]]]:
    conditions = [
        (f"policy:{state.policy.code}:{one.key}", f"{state.policy.title}：{one.text}")
        for state in policies.list_policies()
        for one in state.policy.conditions
    ]
    guides = [(f"guide:{flow.code}", flow.title) for flow in guidance.flows().values()]
    blank = [("rule", gettext("一条规则")), ("table", gettext("一张决策表"))]
    groups = [(gettext("新写"), blank), (gettext("导办"), guides), (gettext("政策的条件"), conditions)]
    return [group for group in groups if group[1]]


def _kind(value: str) -> Field:
    options = (
        Option(value="rule", label=gettext("规则")),
        Option(value="table", label=gettext("决策表")),
        Option(value="flow", label=gettext("导办流程")),
    )
    return Field(
        name="kind", label=gettext("写的是"), kind="radios", options=options, value=value, inline=True
    )


def _sheet(request: HttpRequest) -> str:
    """An Excel or CSV table that was handed in, as text. Raises `Refused`."""
    upload = request.FILES.get("sheet")
    if upload is None:
        return ""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("table.xlsx" if str(upload.name).lower().endswith(".xlsx") else "table.csv")
        path.write_bytes(upload.read())
        lines, said = sheets.read(path), io.StringIO()
    csv.writer(said, lineterminator="\n").writerows(lines)
    if len(said.getvalue()) > MOST:
        raise Refused(
            "too_long", f"表太大，这里最多试{MOST}个字。", f"Too big: at most {MOST} characters here."
        )
    return said.getvalue()


# ---- a rule, over the data of the policies ----


def _elements() -> dict[str, Element]:
    return policies.elements(policies.list_policies())


def _rule(text: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What it asks, and (as far as values were typed) what it comes to and why. Raises `RuleError`, `Refused`."""
    elements, zh = _elements(), (get_language() or "zh").startswith("zh")
    names = {
        key: Datum(read_type(one.type), one.zh, one.en, one.unit, one.choices)
        for key, one in elements.items()
    }
    rule = compile(text, names | {AS_OF: Datum(DATE, "计算日", "day reckoned from")}, gives=None)
    row: dict[str, object] = {AS_OF: _day(typed.get(f"v_{AS_OF}", ""))}
    fields = []
    for key in rule.asks:
        said, error = typed.get(f"v_{key}", ""), ""
        if key != AS_OF and said:
            try:
                row[key] = policies.parse(elements[key], said)
            except (ValueError, OverflowError):
                error = gettext("填得不对。")
        fields.append(_datum(key, elements.get(key), str(row[AS_OF]) if key == AS_OF else said, error, zh))
    told = Explainer(rule, zh=zh).explain(row)
    return {
        "values": fields,
        "gives": str(rule.type),
        "result": _word(told.reason.outcome) if str(rule.type) == "bool" else str(told.result),
        "colour": _MARKS.get(told.reason.outcome, "grey"),
        "atoms": [(_MARKS.get(one.outcome, "grey"), _word(one.outcome), one) for one in told.reason.atoms()],
        "missing": [names[key].zh if zh else names[key].en for key in told.missing if key in names],
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return civil_day(clock.now())


def _word(outcome: str) -> str:
    words = {"true": gettext("成立"), "false": gettext("不成立"), "unknown": gettext("不知道")}
    return words.get(outcome, gettext("出错") if outcome == "error" else gettext("没有问到"))


def _datum(key: str, element: Element | None, value: str, error: str, zh: bool) -> Field:
    if element is None:
        return Field(name=f"v_{key}", label=gettext("计算日"), kind="calendar", value=value)
    label = f"{element.zh if zh else element.en} {key}"
    if element.type == "bool":
        options = (Option(value="yes", label=gettext("是")), Option(value="no", label=gettext("不是")))
        return Field(name=f"v_{key}", label=label, kind="radios", options=options, value=value, inline=True)
    unit = gettext("元") if element.unit == "分" else element.unit
    hint = gettext("单位：%(unit)s。") % {"unit": unit} if unit else ""
    kind = {"int": "number", "date": "calendar"}.get(element.type, "text")
    return Field(name=f"v_{key}", label=label, kind=kind, hint=hint, value=value, error=error, optional=True)


# ---- a table or a guide ----


def _flow(kind: str, text: str, request: HttpRequest) -> dict[str, Any]:
    """What its check finds, its picture, and what the answers come to. Raises `FlowError`, `Refused`."""
    flow, on = guidance.read_text(text, ".csv" if kind == "table" else ".yaml"), civil_day(clock.now())
    checked = guidance.check(flow, on, most=WAYS)
    drawable = not any(one.kind in ("endless", "too_big", "clash") for one in checked.findings)
    answers = {
        one.code: " ".join(request.POST.getlist(f"v_{one.code}"))[:200]
        for one in flow.questions
        if request.POST.get(f"v_{one.code}")
    }
    shown: dict[str, Any] = {
        "checked": checked,
        "findings": [_one(one.zh, one.en) for one in checked.findings],
        "picture": _svg(guidance.picture(flow, on)) if drawable else "",
        "values": [_answer(one, answers.get(one.code, "")) for one in flow.questions],
        "outcomes": [],
    }
    try:
        now = guidance.walk(flow, answers, {}, on)
    except Refused as clash:
        return shown | {"result": _said(clash), "colour": "red"}
    if now.next is not None:
        return shown | {
            "result": gettext("还要问：%(question)s") % {"question": now.next.text},
            "colour": "yellow",
        }
    found = [
        (one.plain_name or one.name, _gives(flow, one.gives), guidance.reasons(one, now.data))
        for one in flow.outcomes(now.hits, now.data)
    ]
    return shown | {
        "result": gettext("%(count)d 项结论") % {"count": len(found)},
        "colour": "green",
        "outcomes": found,
    }


def _gives(flow: Flow, gives: Mapping[str, Any]) -> str:
    return "，".join(f"{one.key}＝{gives[one.key]}" for one in flow.table.outputs if one.key in gives)


def _answer(question: Question, value: str) -> Field:
    options = tuple(Option(value=one.key, label=one.text) for one in guidance.choices_of(question))
    kind = _KINDS.get(question.kind, "select" if options else "text")
    return Field(
        name=f"v_{question.code}",
        label=question.text,
        kind=kind,
        hint=question.unit,
        options=(Option(value="", label=gettext("（没有回答）")), *options) if kind == "select" else options,
        value=value.split() if kind == "checkboxes" else value,
        optional=True,
    )


def _svg(text: str) -> SafeString:
    """Drawn by us, every text in it escaped."""
    return mark_safe(text)  # noqa: S308


def _one(zh: str, en: str) -> str:
    return zh if (get_language() or "zh").startswith("zh") else en


def _said(refused: Refused) -> str:
    return _one(refused.zh, refused.en)


def _line(line: int, text: str) -> str:
    return gettext("第%(line)d行：%(text)s") % {"line": line, "text": text}
