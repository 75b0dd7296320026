"""来信文件: letters in a CSV file or a workbook, and what is wrong with it, by line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from banshi.infra import sheets
from banshi.kernel.facts import Refused

# Exports name their columns in either language.
COLUMNS = {
    "title": ("title", "标题", "主题", "来信标题", "诉求标题", "诉求主题", "留言主题"),
    "text": ("text", "内容", "正文", "来信内容", "诉求内容", "留言内容", "留言详情", "content"),
    "tokens": ("tokens", "分词"),
    "category": ("category", "分类", "类别", "诉求分类", "一级分类", "一级标签", "label"),
    "unit": ("unit", "单位", "承办单位", "主办单位", "办理单位"),
}
LONGEST_FIELD = 1_000_000  # characters; more is a quotation mark that nobody closed
_END = "\ue001"  # a last line of our own: where it does not stand alone, a quotation mark was left open


@dataclass(frozen=True, slots=True)
class Letter:
    """来信: what was said, and where it is known, of which category it is and which unit dealt with it. `line`: in its file."""

    title: str
    text: str
    category: str = ""
    unit: str = ""
    line: int = 0


def read_letters(file: Path, *, labelled: bool) -> list[Letter]:
    """The letters of a CSV file in UTF-8, GB18030 or UTF-16, or of a workbook (`.xlsx`).

    `labelled`: it must have a column `category`. Raises `Refused` that names the line: no text, a column missing, a row with too many or too few cells, a quotation mark
    left open, nothing in it.
    """
    rows = _sheet(file) if file.suffix.lower() == ".xlsx" else _text(file)
    letters = list(_letters(file, rows, labelled))
    if not letters:
        raise Refused("empty_file", f"{file} 只有表头，没有来信。", f"{file} has a header and no letters.")
    return letters


def _sheet(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows of a workbook's first sheet that hold something. Raises `Refused`."""
    return ((line, row) for line, row in enumerate(sheets.read(file), 1) if any(cell.strip() for cell in row))


def _text(file: Path) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(file)
    if not text.strip():
        raise Refused("empty_file", f"{file} 是空的。", f"{file} is empty.")
    head, _, _ = text.lstrip("\r\n").partition("\n")
    delimiter = next((one for one in ",\t;" if one in head), ",")
    csv.field_size_limit(LONGEST_FIELD)
    return _with_lines(file, csv.reader(StringIO(f"{text}\n{_END}\n", newline=""), delimiter=delimiter))


def _letters(file: Path, rows: Iterator[tuple[int, list[str]]], labelled: bool) -> Iterator[Letter]:
    places: dict[str, int] | None = None
    width = 0
    for line, row in rows:
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
        if "\n" in cells.get("category", "") + cells.get("unit", ""):
            raise _broken(file, line, "a category or unit of several lines")
        yield Letter(
            cells.get("title", ""),
            cells.get("text", "") or cells.get("tokens", ""),
            cells.get("category", ""),
            cells.get("unit", ""),
            line,
        )


def _with_lines(file: Path, rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold something, and the line that each begins in."""
    begun = 1
    try:
        for row in rows:
            line, begun = begun, rows.line_num + 1  # type: ignore[attr-defined]
            if row == [_END] or not any(cell.strip() for cell in row):
                continue
            if _END in row[-1]:
                raise _broken(file, line, "unexpected end of data")
            yield line, row
    except csv.Error as error:
        raise _broken(file, begun, str(error)) from None


def _broken(file: Path, line: int, why: str) -> Refused:
    return Refused(
        "bad_row",
        f"{file} 从第{line}行起读不成CSV（{why}）。多半是英文双引号没有配对。",
        f"{file}, from line {line}: {why}. Most likely a quotation mark that is not closed.",
    )


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
