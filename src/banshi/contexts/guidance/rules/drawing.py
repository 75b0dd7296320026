"""画图: a flow as a picture (which question leads where), and what came of the answers (一张图), as SVG.

Colours come from the page (`currentColor`, classes `works-…`); nothing is loaded from anywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from itertools import islice, pairwise

from banshi.contexts.guidance.rules.checking import paths
from banshi.contexts.guidance.values import Choice, Flow, Outcome, Question
from banshi.kernel.rules.tables.cells import ORDERED, value_of

_LINE, _PADDING, _SIZE, _MARGIN = 20, 12, 14, 24  # px: height of a line, space around it, size of a letter
_ASK, _LANE, _GAP = 420, 22, 26  # width of a question, of a lane for an arrow, space between questions
_COLUMN, _BETWEEN = 200, 40  # width of a stage, space between two
_DRAWN = 20_000  # ways that are looked at
_SHOWN = 6  # choices that are written at an arrow
_END = ""
_OTHER = "其他地方"


@dataclass(frozen=True, slots=True)
class _Box:
    x: float
    y: float
    width: float
    lines: tuple[str, ...]
    bold: int = 1
    round: int = 4

    @property
    def height(self) -> float:
        return len(self.lines) * _LINE + 2 * _PADDING

    def drawn(self) -> str:
        texts = [
            f'<text x="{self.x + _PADDING:g}" y="{self.y + _PADDING + n * _LINE + _LINE * 0.72:g}" fill="currentColor"'
            f"{' font-weight="bold"' if n < self.bold else ''}>{escape(line)}</text>"
            for n, line in enumerate(self.lines)
        ]
        return (
            f'<g class="works-box"><rect x="{self.x:g}" y="{self.y:g}" width="{self.width:g}" height="{self.height:g}"'
            f' rx="{self.round}" fill="none" stroke="currentColor" stroke-width="1.5"/>{"".join(texts)}</g>'
        )


def picture(flow: Flow, on: date, place: Callable[[str], str] = str) -> str:
    """The questions one below the other, each with its choices and where they lead; jumps are arrows at the side.
    `place`: the name of a region by its code."""
    leads = _leads(flow, on, place)
    asked = [question for question in flow.questions if question.code in leads]
    places = {question.code: number for number, question in enumerate(asked)}
    boxes: list[_Box] = []
    y = float(_MARGIN)
    for number, question in enumerate(asked, start=1):
        lines = [*_wrapped(f"{number}. {question.text}", _ASK)]
        bold = len(lines)
        for target, answers in sorted(
            leads[question.code].items(), key=lambda one: places.get(one[0], len(asked))
        ):
            to = f"第 {places[target] + 1} 题" if target else "结果"
            lines += _wrapped(f"{_said(question, answers, leads)} → {to}", _ASK)
        boxes.append(_Box(_MARGIN, y, _ASK, tuple(lines), bold))
        y += boxes[-1].height + _GAP
    results = flow.outcomes(tuple(range(len(flow.rows))))
    boxes.append(_Box(_MARGIN, y, _ASK, (f"结果：共 {len(results)} 种",), round=18))
    jumps = [
        (number, places.get(target, len(asked)))
        for number, question in enumerate(asked)
        for target in leads[question.code]
    ]
    lanes = _lanes([jump for jump in jumps if jump[1] - jump[0] != 1])
    width = 2 * _MARGIN + _ASK + _LANE * (1 + max(lanes.values(), default=-1)) + _LANE
    name = f"flow-{flow.code}"
    parts = [_arrow(boxes, jump, lanes.get(jump), f"{name}-tip") for jump in sorted(set(jumps))]
    parts += [box.drawn() for box in boxes]
    described = "".join(
        f"{number}. {question.text}：{'；'.join(_said(question, answers, leads) + ('到第' + str(places[to] + 1) + '题' if to else '到结果') for to, answers in leads[question.code].items())}。"
        for number, question in enumerate(asked, start=1)
    )
    return _svg(name, f"{flow.title}：怎样问", described, width, y + boxes[-1].height + _MARGIN, parts)


def _leads(flow: Flow, on: date, place: Callable[[str], str]) -> dict[str, dict[str, list[Choice]]]:
    """question -> what comes after it (a question, or nothing: the result) -> upon which answers."""
    found: dict[str, dict[str, dict[str, Choice]]] = defaultdict(lambda: defaultdict(dict))
    for way in islice(paths(flow, on), _DRAWN):
        codes = [question.code for question, _ in way.answered]
        for (question, choice), after in zip(way.answered, [*codes[1:], _END], strict=True):
            if question.kind == "place":
                choice = replace(choice, text=_OTHER if choice.key == "000000" else place(choice.key))
            found[question.code][after][choice.key] = choice
    return {
        code: {to: list(choices.values()) for to, choices in leads.items()} for code, leads in found.items()
    }


def _said(question: Question, answers: list[Choice], leads: Mapping[str, Mapping[str, list[Choice]]]) -> str:
    """The answers that lead there; of numbers and days, from which to which."""
    said = _answers(question, answers, leads)
    here = {choice.key for choice in answers}
    both = any(
        len(here & {one.key for one in found})
        for found in leads[question.code].values()
        if found is not answers
    )
    return f"{said}（看前面的回答）" if both else said


def _answers(
    question: Question, answers: list[Choice], leads: Mapping[str, Mapping[str, list[Choice]]]
) -> str:
    every = {choice.key: choice for found in leads[question.code].values() for choice in found}
    texts = [choice.text for choice in answers]
    if question.kind in ORDERED:
        value = {key: value_of(key, question.kind) for key in every}
        ranked = sorted(answers, key=lambda one: value[one.key])
        low, high = ranked[0], ranked[-1]
        first, last = (
            low.key == min(value, key=value.__getitem__),
            high.key == max(value, key=value.__getitem__),
        )
        if first or last:
            return "不论多少" if first and last else f"{high.text}以下" if first else f"{low.text}以上"
        return low.text if low == high else f"{low.text}到{high.text}"
    if question.kind == "place" and len(answers) == len(every):
        return "不论哪里"
    return "、".join(texts[:_SHOWN]) + (f" 等 {len(texts)} 种" if len(texts) > _SHOWN else "")


def _lanes(jumps: list[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Arrows that pass one another go side by side; those to the same place share the last of the way."""
    found: dict[tuple[int, int], int] = {}
    for jump in sorted(set(jumps), key=lambda one: (abs(one[1] - one[0]), one)):
        top, bottom = sorted(jump)
        taken = {lane for other, lane in found.items() if min(other) < bottom and top < max(other)}
        found[jump] = next(lane for lane in range(len(taken) + 1) if lane not in taken)
    return found


def _arrow(boxes: list[_Box], jump: tuple[int, int], lane: int | None, tip: str) -> str:
    start, end = boxes[jump[0]], boxes[jump[1]]
    if lane is None:
        x = start.x + start.width / 2
        path = f"M{x:g} {start.y + start.height:g}V{end.y:g}"
    else:
        right = start.x + start.width
        turn = right + _LANE * (lane + 1)
        low = end.y + min(end.height / 2, _PADDING + _LINE / 2)
        path = f"M{right:g} {start.y + start.height - _PADDING:g}H{turn:g}V{low:g}H{right:g}"
    return (
        f'<path class="works-arrow" d="{path}" fill="none" stroke="currentColor" stroke-width="1.5"'
        f' marker-end="url(#{tip})"/>'
    )


def plan(flow: Flow, outcomes: Iterable[Outcome], names: Mapping[str, str]) -> str:
    """一张图: the stages from left to right, in each what has to be done there. `names`: of outcomes and departments."""
    by_stage: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        by_stage[one.stage].append(one)
    stages = [stage for stage in flow.stages if by_stage.get(stage.key)]
    row = [stage for stage in stages if not stage.beside]
    boxes: list[_Box] = []
    heads: list[_Box] = []
    height = 0.0
    for number, stage in enumerate(row):
        x = _MARGIN + number * (_COLUMN + _BETWEEN)
        head = _Box(x, _MARGIN, _COLUMN, tuple(_wrapped(stage.title, _COLUMN)), bold=9, round=18)
        heads.append(head)
        bottom, added = _stacked(by_stage[stage.key], x, head.y + head.height + _GAP, names)
        boxes += added
        height = max(height, bottom)
    beside = [stage for stage in stages if stage.beside]
    width = 2 * _MARGIN + max(len(row), 1) * (_COLUMN + _BETWEEN) - _BETWEEN
    for stage in beside:
        head = _Box(_MARGIN, height + _GAP, width - 2 * _MARGIN, (stage.title,), round=18)
        boxes.append(head)
        top = height = head.y + head.height + _GAP / 2
        for number in range(len(row) or 1):
            part = by_stage[stage.key][number :: len(row) or 1]
            bottom, added = _stacked(part, _MARGIN + number * (_COLUMN + _BETWEEN), top, names)
            boxes += added
            height = max(height, bottom)
    name = f"plan-{flow.code}"
    arrows = [
        f'<path class="works-arrow" d="M{one.x + one.width:g} {_MARGIN + 22}H{other.x:g}" fill="none" stroke="currentColor"'
        f' stroke-width="1.5" marker-end="url(#{name}-tip)"/>'
        for one, other in pairwise(heads)
    ]
    told = "".join(
        f"{stage.title}：{'、'.join(names.get(one.code, one.name) for one in by_stage[stage.key])}。"
        for stage in stages
    )
    parts = [*arrows, *(box.drawn() for box in (*heads, *boxes))]
    return _svg(name, f"{flow.title}：一张图", told, width, height + _MARGIN, parts)


def _stacked(
    outcomes: Iterable[Outcome], x: float, y: float, names: Mapping[str, str]
) -> tuple[float, list[_Box]]:
    """Below one another; what is done at one go (a theme) in one box."""
    themes: dict[str, list[Outcome]] = {}
    for one in outcomes:
        themes.setdefault(one.theme or one.code, []).append(one)
    boxes = []
    for theme, members in themes.items():
        lines: list[str] = []
        if members[0].theme:
            lines += _wrapped(theme, _COLUMN)
        bold = len(lines)
        for one in members:
            name = names.get(one.code, one.name)
            lines += _wrapped(f"· {name}" if bold else name, _COLUMN)
        below = " ".join(
            dict.fromkeys(
                part for one in members for part in (names.get(one.department, ""), _days(one)) if part
            )
        )
        bold = bold or len(lines)
        lines += _wrapped(below, _COLUMN) if below else []
        boxes.append(_Box(x, y, _COLUMN, tuple(lines), bold))
        y += boxes[-1].height + _GAP / 2
    return y, boxes


def _days(one: Outcome) -> str:
    return "" if one.days < 0 else f"{one.days}个工作日" if one.days else "当场"


def _wrapped(line: str, width: float) -> Iterator[str]:
    """Cut into lines that fit: Chinese letters count one, others half; no line begins with a comma or a bracket's end."""
    letters = (width - 2 * _PADDING) / _SIZE
    taken, wide = "", 0.0
    for letter in line:
        step = 1.0 if ord(letter) > 0x2E80 or letter == "→" else 0.55
        if wide + step > letters and letter not in "，。、）：；":
            yield taken
            taken, wide = "", 0.0
        taken, wide = taken + letter, wide + step
    yield taken


def _svg(name: str, title: str, described: str, width: float, height: float, parts: Iterable[str]) -> str:
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="works" role="img" viewBox="0 0 {width:g} {height:g}"'
            f' width="{width:g}" height="{height:g}" aria-labelledby="{name}-title {name}-desc" color="currentColor"'
            f' font-family="sans-serif" font-size="{_SIZE}">',
            f'<title id="{name}-title">{escape(title)}</title>',
            f'<desc id="{name}-desc">{escape(described)}</desc>',
            f'<defs><marker id="{name}-tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8"'
            ' orient="auto"><path d="M0 0 8 4 0 8z" fill="currentColor"/></marker></defs>',
            *parts,
            "</svg>",
        ]
    )
