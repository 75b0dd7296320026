"""环节图: the works of an item as SVG: columns by the longest way to them, side by side what goes on at once.

Colours come from the page (`currentColor`, classes `works-…`); nothing is loaded from anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

from banshi.contexts.catalogue.values import Dictionaries, Item, Limit, Work

_WIDTH, _GAP_X, _GAP_Y, _MARGIN = 176, 56, 28, 24
_LINE, _PADDING, _SIZE = 20, 12, 14  # px: height of a line, space around the text, size of a letter
_LETTERS = (_WIDTH - 2 * _PADDING) // _SIZE
_START, _END = "@start", "@end"
_UNITS = {"workday": "个工作日", "day": "天", "hour": "小时"}
_KINDS = {
    "review": "审查",
    "consult": "征求意见",
    "site_visit": "现场核查",
    "expert_review": "专家评审（不计入时限）",
    "joint_session": "联合办公",
    "lower_review": "下级初审",
}


@dataclass
class _Box:
    """A work, an end of the way, or (without text) a place where an arrow passes a column."""

    key: str
    column: int
    text: tuple[str, ...] = ()
    title: int = 1  # how many lines of the text are the title
    kind: str = ""
    before: list[str] = field(default_factory=list)
    x: float = 0
    y: float = 0

    @property
    def height(self) -> float:
        return len(self.text) * _LINE + 2 * _PADDING if self.text else _LINE

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def drawing(item: Item, known: Dictionaries) -> str:
    """The works of an item, as one SVG element with title and description. The works must not wait in a ring."""
    boxes = _boxes(item, known)
    columns = _columns(boxes)
    height = _place(columns, boxes)
    width = 2 * _MARGIN + len(columns) * _WIDTH + (len(columns) - 1) * _GAP_X
    name = f"works-{item.code}"
    parts = [
        *_arrows(boxes, f"{name}-tip"),
        *(line for box in boxes.values() if box.text for line in _drawn(box)),
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="works" role="img" viewBox="0 0 {width} {height:g}"'
            f' width="{width}" height="{height:g}" aria-labelledby="{name}-title {name}-desc" color="currentColor"'
            f' font-family="sans-serif" font-size="{_SIZE}">',
            f'<title id="{name}-title">{escape(item.name)}：环节图</title>',
            f'<desc id="{name}-desc">{escape(_described(item, known))}</desc>',
            f'<defs><marker id="{name}-tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8"'
            ' orient="auto"><path d="M0 0 8 4 0 8z" fill="currentColor"/></marker></defs>',
            *parts,
            "</svg>",
        ]
    )


def _boxes(item: Item, known: Dictionaries) -> dict[str, _Box]:
    works = {work.key: work for work in item.works}
    columns: dict[str, int] = {}

    def column(key: str) -> int:
        if key not in columns:
            columns[key] = 1 + max((column(earlier) for earlier in works[key].after), default=0)
        return columns[key]

    last = 1 + max(map(column, works), default=0)
    boxes = {_START: _Box(_START, 0, ("受理",), kind="end")}
    for key, work in works.items():
        title = tuple(_wrapped(work.title))
        boxes[key] = _Box(key, column(key), title + _below(work, item, known), len(title), work.kind)
    decision = "决定" if item.instant else "审查、决定"
    boxes[_END] = _Box(_END, last, (decision, *_limits(item)), kind="end")
    followed = {earlier for work in works.values() for earlier in work.after}
    links = [(earlier, key) for key, work in works.items() for earlier in _nearest(work, works) or (_START,)]
    links += [(key, _END) for key in works if key not in followed] or [(_START, _END)]
    for start, end in links:
        _link(boxes, start, end)
    return boxes


def _nearest(work: Work, works: Mapping[str, Work]) -> tuple[str, ...]:
    """What it waits for, less what that waits for anyway."""

    def behind(key: str) -> Iterator[str]:
        for earlier in works[key].after:
            yield earlier
            yield from behind(earlier)

    implied = {far for key in work.after for far in behind(key)}
    return tuple(key for key in work.after if key not in implied)


def _link(boxes: dict[str, _Box], start: str, end: str) -> None:
    """An arrow goes from column to column; where it passes one, it is given a place there."""
    earlier = start
    for column in range(boxes[start].column + 1, boxes[end].column):
        place = f"{start}>{end}@{column}"
        boxes[place] = _Box(place, column, before=[earlier])
        earlier = place
    boxes[end].before.append(earlier)


def _columns(boxes: Mapping[str, _Box]) -> list[list[_Box]]:
    """Column by column; within one, by the middle of what comes before."""
    columns: list[list[_Box]] = [[] for _ in range(1 + max(box.column for box in boxes.values()))]
    for box in boxes.values():
        columns[box.column].append(box)
    rank: dict[str, float] = {}
    for column in columns:
        column.sort(key=lambda box: sum(rank[key] for key in box.before) / (len(box.before) or 1))
        rank |= {box.key: place - (len(column) - 1) / 2 for place, box in enumerate(column)}
    return columns


def _place(columns: list[list[_Box]], boxes: Mapping[str, _Box]) -> float:
    """Give each box its place; the height of it all."""
    heights = [sum(box.height for box in column) + _GAP_Y * (len(column) - 1) for column in columns]
    for number, (column, height) in enumerate(zip(columns, heights, strict=True)):
        y = _MARGIN + (max(heights) - height) / 2
        for box in column:
            box.x, box.y = _MARGIN + number * (_WIDTH + _GAP_X), y
            y += box.height + _GAP_Y
    return max(heights) + 2 * _MARGIN


def _arrows(boxes: Mapping[str, _Box], tip_id: str) -> Iterator[str]:
    for box in boxes.values():
        for key in box.before:
            start = boxes[key]
            x, bend = start.x + _WIDTH, box.x - _GAP_X / 2
            tip = f' marker-end="url(#{tip_id})"' if box.text else ""
            across = "" if abs(start.middle - box.middle) < 0.5 else f"H{bend:g}V{box.middle:g}"
            end = box.x if box.text else box.x + _WIDTH  # on to the next column where it only passes
            yield (
                f'<path class="works-arrow" d="M{x:g} {start.middle:g}{across}H{end:g}" fill="none"'
                f' stroke="currentColor" stroke-width="1.5"{tip}/>'
            )


def _drawn(box: _Box) -> Iterator[str]:
    round_ = 18 if box.kind == "end" else 4
    dash = ' stroke-dasharray="5 4"' if box.kind == "consult" else ""
    yield f'<g class="works-box works-{box.kind}">'
    yield (
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{_WIDTH}" height="{box.height:g}" rx="{round_}" fill="none"'
        f' stroke="currentColor" stroke-width="1.5"{dash}/>'
    )
    for number, line in enumerate(box.text):
        y = box.y + _PADDING + number * _LINE + _LINE * 0.72
        weight = ' font-weight="bold"' if number < box.title else ""
        yield (
            f'<text x="{box.x + _WIDTH / 2:g}" y="{y:g}" text-anchor="middle" fill="currentColor"{weight}>'
            f"{escape(line)}</text>"
        )
    yield "</g>"


def _below(work: Work, item: Item, known: Dictionaries) -> tuple[str, ...]:
    """What stands below a work's title: who does it, how, and how long it may take."""
    titles = {situation.key: situation.title for situation in item.situations}
    lines = [_who(work, known), _KINDS[work.kind], _limit(work.limit)]
    if work.silence == "agree":
        lines.append("逾期视为同意")
    if work.experts:
        lines.append(f"抽取 {work.experts} 位专家")
    if work.situations:
        lines.append(f"仅限：{'、'.join(titles[key] for key in work.situations)}")
    return tuple(part for line in lines for part in _wrapped(line))


def _who(work: Work, known: Dictionaries) -> str:
    return known.departments[work.department] + (f" {work.people} 人" if work.people > 1 else "")


def _limit(limit: Limit) -> str:
    return f"{limit.days} {_UNITS[limit.unit]}"


def _limits(item: Item) -> tuple[str, ...]:
    found = [f"承诺 {_limit(item.promised)}" if item.promised.days else "承诺当场办结"]
    if item.statutory:
        found.append(f"法定 {_limit(item.statutory)}")
    return tuple(found)


def _wrapped(line: str) -> Iterator[str]:
    """Cut into lines that fit: Chinese letters count one, others half; a bracket does not begin a line alone."""
    taken, width = "", 0.0
    for letter in line:
        wide = 1.0 if ord(letter) > 0x2E80 else 0.55
        if width + wide > _LETTERS and letter not in "，。、）：":
            yield taken
            taken, width = "", 0.0
        taken, width = taken + letter, width + wide
    yield taken


def _described(item: Item, known: Dictionaries) -> str:
    """The same in words, for who does not see the picture."""
    titles = {work.key: work.title for work in item.works}
    parts = []
    for work in item.works:
        after = f"{'、'.join(titles[key] for key in work.after)}之后，" if work.after else "受理之后，"
        parts.append(
            f"{after}{_who(work, known)}“{work.title}”（{_KINDS[work.kind]}，{_limit(work.limit)}）。"
        )
    if not parts:
        parts.append("受理之后直接审查、决定。")
    return "".join(parts) + "、".join(_limits(item)) + "。"
