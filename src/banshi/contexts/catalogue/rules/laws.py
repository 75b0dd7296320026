"""法条: statutes cut into articles, and what an item cites found in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

_N = "〇零一二三四五六七八九十百千"
_ARTICLE = re.compile(rf"^(第[{_N}]+条(?:之[{_N}]+)?)[ \u3000]+", re.MULTILINE)
_ITEM = re.compile(rf"^([{_N}]+)、", re.MULTILINE)  # how rules of the State Council's own hand are numbered
_CITED = re.compile(rf"^(第([{_N}]+)条(?:之([{_N}]+))?)(?:第([{_N}]+)款)?(?:第（?([{_N}]+)）?项)?$")
_POINT = re.compile(rf"^[（(]([{_N}]+)[）)]|^([{_N}]+)、")
_OF_A_PLACE = re.compile(r"^.{2,}?(省|市|自治区|自治州|自治县|经济特区)(?!场)")  # 市场 is no city
_HEADING = re.compile(r"^#.*$", re.MULTILINE)


class NoSuchArticle(LookupError):
    """没有这一条: `zh` and `en` say what is missing, and what comes nearest."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Laws:
    """现有法规: the texts at hand, by law (short name) and edition (YYYY-MM-DD), article by article.

    `ranks` (效力位阶): `law` 法律, `regulation` 行政法规, `local` 地方性法规, `rule` 规章 and what stands below.
    """

    texts: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    ranks: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def at_hand(self, law: str, edition: str) -> bool:
        """Whether this edition's text is here."""
        return (law, edition) in self.texts

    def rank(self, law: str, edition: str) -> str:
        """效力位阶; of a text that is not at hand, what its name lets one suppose (条例 of a place: `local`)."""
        if found := self.ranks.get((law, edition)):
            return found
        if law.endswith("法") and not law.endswith("办法"):
            return "law"
        if law.endswith("条例"):
            return "local" if _OF_A_PLACE.match(law) else "regulation"
        return "rule"

    def editions(self, law: str) -> tuple[str, ...]:
        """The editions at hand, oldest first."""
        return tuple(sorted(edition for name, edition in self.texts if name == law))

    def article_text(self, law: str, edition: str, article: str) -> str:
        """The words of `第七条`, `第十五条之一`, `第十九条第一款` or `第二条第（三）项`, a paragraph a line.

        Raises NoSuchArticle, also when the edition itself is not at hand.
        """
        if not (cited := _CITED.match(article)):
            raise NoSuchArticle(
                f"条号“{article}”要写成“第七条”“第十九条第一款”这样",
                f"article {article!r} must be written like 第七条 or 第十九条第一款",
            )
        if not (articles := self.texts.get((law, edition))):
            raise NoSuchArticle(
                f"手头没有《{law}》{edition} 版的文本",
                f"the text of {law}, edition {edition}, is not at hand",
            )
        key, _, _, paragraph, point = cited.groups()
        if key not in articles:
            nearest = min(articles, key=lambda other: abs(_place(other) - _place(key)))
            raise NoSuchArticle(
                f"《{law}》{edition} 版没有{key}，最近的是{nearest}",
                f"{law}, edition {edition}, has no {key}; the nearest is {nearest}",
            )
        return _part(articles[key], key, paragraph, point)


def articles_of(text: str) -> dict[str, str]:
    """The articles of a statute in Markdown: `第七条` to its words, without the number."""
    text = _HEADING.sub("\n", text)
    starts = list(_ARTICLE.finditer(text)) or list(_ITEM.finditer(text))
    bounds = pairwise([*(start.start() for start in starts), len(text)])
    found = {}
    for start, (_, end) in zip(starts, bounds, strict=True):
        lines = (line.strip() for line in text[start.end() : end].splitlines())
        found[_key(start[1])] = "\n".join(line for line in lines if line)
    return found


def number_of(numeral: str) -> int:
    """一千二百六十 is 1260."""
    total = unit = 0
    for char in numeral.replace("〇", "零"):
        if (tens := "十百千".find(char)) >= 0:
            total += (unit or 1) * 10 ** (tens + 1)
            unit = 0
        else:
            unit = "零一二三四五六七八九".index(char)
    return total + unit


def _key(label: str) -> str:
    return label if label.startswith("第") else f"第{label}条"


def _place(key: str) -> float:
    number, _, after = key.removeprefix("第").partition("条")
    return number_of(number) + number_of(after.removeprefix("之")) / 1000


def _part(text: str, key: str, paragraph: str | None, point: str | None) -> str:
    """第几款第几项 of an article: a line that opens with （一） is a point of the paragraph above it."""
    if paragraph is None and point is None:
        return text
    paragraphs: list[list[str]] = []
    for line in text.splitlines():
        if _POINT.match(line) and paragraphs:
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    wanted = number_of(paragraph) if paragraph else 1
    if wanted > len(paragraphs):
        raise NoSuchArticle(f"{key}只有 {len(paragraphs)} 款", f"the paragraphs of {key}: {len(paragraphs)}")
    lines = paragraphs[wanted - 1]
    if point is None:
        return "\n".join(lines)
    for line in lines[1:]:
        found = _POINT.match(line)
        if found and (found[1] or found[2]) == point:
            return line
    raise NoSuchArticle(f"{key}没有第（{point}）项", f"{key} has no point {point}")
