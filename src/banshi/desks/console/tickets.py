"""工单建议: learn from letters that people have classified, and suggest category and unit for others."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from banshi.contexts.tickets import queries
from banshi.kernel.facts import Refused

if TYPE_CHECKING:
    from banshi.contexts.tickets.queries import Letter, Report, Suggested, Suggestion

MODEL = Path("var/tickets-model.npz")


def learn(file: Path, model: Path) -> int:
    """Learn from `file`, print how good it is on letters held out, and write `model`. Raises `Refused`."""
    letters = queries.read_letters(file, labelled=True)
    left_out = sum(not letter.category for letter in letters)
    began = time.monotonic()
    learnt = queries.learn_suggestions(letters)
    learnt.model.save(model)
    seconds = time.monotonic() - began
    if left_out:
        print(f"没有分类的{left_out}封没有学 / {left_out} letters without a category were left out")
    _tell("分类 category", learnt.categories)
    if learnt.units:
        _tell("单位 unit", learnt.units)
    print(
        f"标题计{learnt.title_share:g}倍，C={learnt.softness:g}，{len(learnt.model.keys)}个特征，用时{seconds:.1f}秒 / "
        f"titles count {learnt.title_share:g} times, C={learnt.softness:g}, {len(learnt.model.keys)} features, {seconds:.1f} s"
    )
    print(f"模型 / model: {model}（{model.stat().st_size / 1e6:.1f} MB）")
    return 0


def _tell(name: str, report: Report) -> None:
    print(
        f"{name}: {report.letters}封，{report.classes}类；留出{report.held_out}封检验 / "
        f"{report.letters} letters, {report.classes} classes, measured on {report.held_out} held out"
    )
    if not report.held_out:
        print("  每类不足三封，无从检验 / fewer than three letters a class: nothing to measure on")
        return
    for label, one in (
        ("建议 suggestions", report.model),
        ("总猜最多的 most frequent", report.most_frequent),
    ):
        print(f"  {label:28} top-1 {one.top1:.1%}  top-3 {one.top3:.1%}  macro-F1 {one.macro_f1:.1%}")
    print(
        f"  {'最相近的一封 nearest letter':28} top-1 {report.nearest:.1%}  （{report.neighbours}封 / letters）"
    )


def suggest(file: Path, model: Path, *, as_json: bool, most: int) -> int:
    """Print a line for each letter of `file`: the likeliest categories and units, how likely, and why. Where the file says
    what people chose, the last line tells how often it was suggested. Raises `Refused`."""
    if most < 1:
        raise Refused("most", "--most 至少是1。", "--most is at least 1.")
    known = queries.load_suggestions(model)
    letters = queries.read_letters(file, labelled=False)
    suggested = known.suggest(letters, most=most)
    same = queries.near_same(letters)
    for letter, found, earlier in zip(letters, suggested, same, strict=True):
        line = None if earlier is None else letters[earlier].line
        print(_as_json(letter, found, line) if as_json else _as_text(letter, found, line))
    _compare(
        "分类",
        "categories",
        [(one.category, two.categories) for one, two in zip(letters, suggested, strict=True)],
        most,
    )
    _compare(
        "单位", "units", [(one.unit, two.units) for one, two in zip(letters, suggested, strict=True)], most
    )
    return 0


def _compare(zh: str, en: str, told: list[tuple[str, tuple[Suggestion, ...]]], most: int) -> None:
    """On the error output: how often what people chose was suggested, of the letters where both are known."""
    told = [(label, found) for label, found in told if label and found]
    if not told:
        return
    first = sum(label == found[0].key for label, found in told) / len(told)
    among = sum(label in {one.key for one in found} for label, found in told) / len(told)
    print(
        f"与文件里的{zh}相同 / as the file's {en}: {first:.1%}；前{most}个里有 / among the {most}: {among:.1%}"
        f"（{len(told)}）",
        file=sys.stderr,
    )


def _as_json(letter: Letter, found: Suggested, same: int | None) -> str:
    told = {
        "line": letter.line,
        "categories": [_told(one) for one in found.categories],
        "units": [_told(one) for one in found.units],
        "same_as_line": same,
    }
    return json.dumps(told, ensure_ascii=False)


def _told(one: Suggestion) -> dict[str, object]:
    reasons = [{"words": reason.words, "share": reason.share} for reason in one.reasons]
    return {"key": one.key, "score": one.score, "reasons": reasons}


def _as_text(letter: Letter, found: Suggested, same: int | None) -> str:
    said = " ".join((letter.title or letter.text).split())[:30]
    parts = [f"{letter.line}\t{said}", _line("分类", found.categories)]
    parts += [_line("单位", found.units)] if found.units else []
    parts += [f"与第{same}行几乎相同 / nearly the same as line {same}"] if same else []
    return "\n    ".join(parts)


def _line(name: str, suggestions: tuple[Suggestion, ...]) -> str:
    told = []
    for one in suggestions:
        words = "、".join(reason.words for reason in one.reasons)
        told.append(f"{one.key} {one.score:.0%}" + (f"（{words}）" if words else ""))
    return f"{name}: " + "；".join(told)
