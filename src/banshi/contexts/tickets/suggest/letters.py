"""来信文件: letters in a CSV file, and what is wrong with it, by line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from banshi.kernel.facts import Refused

# Exports name their columns in either language.
COLUMNS = {
    "title": ("title", "标题", "主题"),
    "text": ("text", "内容", "正文", "诉求内容"),
    "tokens": ("tokens", "分词"),
    "category": ("category", "分类", "类别"),
    "unit": ("unit", "单位", "承办单位", "主办单位"),
}
LONGEST_FIELD = 200_000  # characters; more is a quotation mark that nobody closed


@dataclass(frozen=True, slots=True)
class Letter:
    """来信: what was said, and where it is known, of which category it is and which unit dealt with it. `line`: in its file."""

    title: str
    text: str
    category: str = ""
    unit: str = ""
    line: int = 0


def read_letters(file: Path, *, labelled: bool) -> list[Letter]:
    """The letters of a CSV file in UTF-8, GB18030 or UTF-16. `labelled`: it must have a column `category`.

    Raises `Refused` that names the line: no text, a column missing, a row with too many or too few cells, nothing in it.
    """
    text = _decoded(file)
    if not text.strip():
        raise Refused("empty_file", f"{file} 是空的。", f"{file} is empty.")
    head, _, _ = text.lstrip("\r\n").partition("\n")
    delimiter = "\t" if "\t" in head and "," not in head else ","
    csv.field_size_limit(LONGEST_FIELD)
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    letters = list(_letters(file, rows, labelled))
    if not letters:
        raise Refused("empty_file", f"{file} 只有表头，没有来信。", f"{file} has a header and no letters.")
    return letters


def _letters(file: Path, rows: Iterator[list[str]], labelled: bool) -> Iterator[Letter]:
    places: dict[str, int] | None = None
    width, begun = 0, 1
    try:
        for row in rows:
            line, begun = begun, rows.line_num + 1  # type: ignore[attr-defined]
            if not any(cell.strip() for cell in row):
                continue
            if places is None:
                places, width = _places(file, row, labelled), len(row)
                continue
            if len(row) != width:
                raise Refused(
                    "bad_row",
                    f"{file} 第{line}行有{len(row)}列，表头有{width}列。内容里有逗号或换行的，请用英文双引号括起来。",
                    f"{file}, line {line}: {len(row)} cells, the header has {width}. Quote text that holds commas or breaks.",
                )
            cells = {name: row[place].strip().replace("\0", "") for name, place in places.items()}
            yield Letter(
                cells.get("title", ""),
                cells.get("text", "") or cells.get("tokens", ""),
                cells.get("category", ""),
                cells.get("unit", ""),
                line,
            )
    except csv.Error as error:
        raise Refused(
            "bad_row",
            f"{file} 从第{begun}行起读不成CSV（{error}）。多半是英文双引号没有配对。",
            f"{file}, from line {begun}: {error}. Most likely a quotation mark that is not closed.",
        ) from None


def _places(file: Path, header: list[str], labelled: bool) -> dict[str, int]:
    """Where which column stands."""
    names = [cell.strip().lower() for cell in header]
    places = {
        name: names.index(one) for name, known in COLUMNS.items() for one in known[::-1] if one in names
    }
    wanted = [] if {"title", "text", "tokens"} & set(places) else ["title", "text"]
    wanted += ["category"] if labelled and "category" not in places else []
    if wanted:
        have = "、".join(header[:12])
        raise Refused(
            "columns_missing",
            f"{file} 第1行（表头）缺少列：{'、'.join(wanted)}；现有：{have}。",
            f"{file}, line 1 (the header): no column {', '.join(wanted)}. It has: {have}.",
        )
    return places


def _decoded(file: Path) -> str:
    content = file.read_bytes()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _strictly(file, content, "utf-16")
    broken = content.decode("utf-8", "replace").count("\ufffd")
    if not broken:
        return content.decode("utf-8-sig")
    # A few bad bytes in UTF-8 are damage; GB18030 would read them as other characters without a word.
    beyond_ascii = len(content.decode("utf-8", "replace").encode("ascii", "ignore"))
    damaged = broken * 20 < len(content.decode("utf-8", "ignore")) - beyond_ascii
    return _strictly(file, content, "utf-8" if damaged else "gb18030")


def _strictly(file: Path, content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Refused(
            "bad_encoding",
            f"{file} 第{line}行有不能识别的字节。请存成 UTF-8 或 GB18030。",
            f"{file}, line {line}: bytes that are no text. Save it as UTF-8 or GB18030.",
        ) from None
