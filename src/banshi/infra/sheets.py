"""表格文件: the cells of a CSV or Excel file, as text."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from banshi.kernel.facts import Refused

MOST_BYTES = 100 * 1024 * 1024  # unpacked: an .xlsx is a compressed folder, and could unpack to anything
MOST_CELLS = 4_000_000


def read(path: Path) -> list[list[str]]:
    """Line by line; of a workbook the first sheet. Raises `Refused` for what is neither, `OSError`."""
    return _workbook(path) if path.suffix.lower() == ".xlsx" else _text(path)


def _text(path: Path) -> list[list[str]]:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(path, f"第{error.start}字节不是 UTF-8", f"not UTF-8 at byte {error.start}") from None
    csv.field_size_limit(1024 * 1024)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return _counted(path, reader)
    except csv.Error as error:
        raise _refused(
            path, f"第{reader.line_num}行：引号没有成对", f"line {reader.line_num}: {error}"
        ) from None


def _workbook(path: Path) -> list[list[str]]:
    import openpyxl

    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_BYTES:
                raise _refused(path, "解开以后太大", "too big when unpacked")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        return _counted(
            path, ([_cell(one) for one in line] for line in book.worksheets[0].iter_rows(values_only=True))
        )
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, SyntaxError) as error:
        raise _refused(path, "不是完好的 Excel 文件（.xlsx）", f"no sound .xlsx file ({error})") from None


def _counted(path: Path, lines: Iterator[list[str]]) -> list[list[str]]:
    found, cells = [], 0
    for line in lines:
        cells += len(line)
        if cells > MOST_CELLS:
            raise _refused(path, f"超过{MOST_CELLS}格", f"more than {MOST_CELLS} cells")
        found.append(line)
    return found


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
    return str(value)


def _refused(path: Path, zh: str, en: str) -> Refused:
    return Refused("bad_sheet", f"{path.name}：{zh}。", f"{path.name}: {en}.")
