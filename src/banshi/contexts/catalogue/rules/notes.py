"""What a check says of a place in a definition, and the checks that items, bundles and elements share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

import msgspec

from banshi.contexts.catalogue.rules.laws import Laws, NoSuchArticle
from banshi.contexts.catalogue.values import Basis, Condition, Frozen, Question

type Path = tuple[str | int, ...]

VAGUE = (
    "其他材料",
    "其它材料",
    "有关材料",
    "相关材料",
    "等材料",
)  # 安阳市政务服务条例 13: each must be named


class Note(NamedTuple):
    """提示: what is wrong at a place of a definition, in Chinese and English."""

    path: Path
    zh: str
    en: str
    warning: bool = False


def refer(path: Path, code: str, known: Collection[str], zh: str, en: str) -> Iterator[Note]:
    """That the code is one of the known."""
    if code not in known:
        yield Note(path, f"没有{zh} {code}", f"there is no {en} {code}")


def once(path: Path, codes: Iterable[str], field: str = "") -> Iterator[Note]:
    """That a list names each of its codes once."""
    seen: set[str] = set()
    for index, code in enumerate(codes):
        if code in seen:
            here: Path = (*path, index, field) if field else (*path, index)
            yield Note(here, f"{code} 写了两次", f"{code} is listed twice")
        seen.add(code)


def check_condition(
    path: Path, condition: Condition, questions: dict[str, Question], askable: Collection[str]
) -> Iterator[Note]:
    """That a condition can ever hold: its questions are asked, its choices exist."""
    for key, choices in condition.items():
        if key not in questions:
            yield Note((*path, key), f"没有问题 {key}", f"there is no question {key}")
        elif key not in askable:
            yield Note(
                (*path, key), f"条件用到的问题 {key} 没有列入 questions", f"{key} is not among its questions"
            )
        else:
            known = {choice.key for choice in questions[key].choices}
            for index, choice in enumerate(choices):
                yield from refer((*path, key, index), choice, known, f"问题 {key} 的选项", f"choice of {key}")
            if not choices:
                yield Note((*path, key), "一个选项也没有写", "no choice is named")


def check_bases(bases: Iterable[tuple[Path, Basis]], laws: Laws) -> Iterator[Note]:
    """That every basis is an article of the text at hand, or is marked 未核 because there is no text."""
    for path, basis in bases:
        cited = f"《{basis.law}》{basis.edition} 版"
        if laws.at_hand(basis.law, basis.edition):
            if basis.unverified:
                yield Note(
                    (*path, "unverified"),
                    f"{cited}的文本就在手头，去掉 unverified",
                    f"{basis.law}, edition {basis.edition}, is at hand: remove unverified",
                )
            try:
                laws.article_text(basis.law, basis.edition, basis.article)
            except NoSuchArticle as missing:
                yield Note((*path, "article"), missing.zh, missing.en)
        elif not basis.unverified:
            editions = "、".join(laws.editions(basis.law))
            yield Note(
                (*path, "edition" if editions else "law"),
                f"手头没有{cited}的文本"
                + (f"（现有 {editions} 版）" if editions else "")
                + "，要标 unverified: true",
                f"the text of {basis.law}, edition {basis.edition}, is not at hand: mark it unverified: true",
            )


def check_wording(definition: Frozen) -> Iterator[Note]:
    """That no sentence hides behind unnamed materials."""
    for path, text in _texts((), msgspec.to_builtins(definition)):
        for words in VAGUE:
            if words in text:
                yield Note(path, f"不能写“{words}”，要逐项写明", f"{words} is vague: name each material")


def _texts(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        yield from chain.from_iterable(_texts((*path, key), inner) for key, inner in value.items())
    elif isinstance(value, list | tuple):
        yield from chain.from_iterable(_texts((*path, index), inner) for index, inner in enumerate(value))
