"""表格文件: the cells of a CSV or Excel file, as text."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from banshi.kernel.facts import Refused

MOST_BYTES = 100 * 1024 * 1024  # unpacked: an .xlsx is a compressed folder, and could unpack to anything
MOST_CELLS = 4_000_000
_MERGED = re.compile(rb'<mergeCell [^>]*ref="([A-Z0-9:]+)"')
_UNRECKONED = re.compile(rb'<c r="([A-Z0-9]+)"[^>]*><f[^>]*(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>')


def read(path: Path) -> list[list[str]]:
    """Line by line; of a workbook the first sheet. Raises `Refused` for what is neither, `OSError`."""
    return _workbook(path) if path.suffix.lower() == ".xlsx" else _text(path)


def _text(path: Path) -> list[list[str]]:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(
            path,
            f"第{error.start}字节不是 UTF-8，请另存为“CSV UTF-8”或 .xlsx",
            f"not UTF-8 at byte {error.start}: save it as “CSV UTF-8” or .xlsx",
        ) from None
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

    file = io.BytesIO(path.read_bytes())
    try:
        with zipfile.ZipFile(file) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_BYTES:
                raise _refused(path, "解开以后太大", "too big when unpacked")
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        _whole(path, file, sheet)
        return _counted(path, ([_cell(one) for one in line] for line in sheet.iter_rows(values_only=True)))
    except (
        zipfile.BadZipFile,
        zlib.error,
        AttributeError,
        EOFError,
        IndexError,
        KeyError,
        OSError,
        OverflowError,
        RuntimeError,
        SyntaxError,
        TypeError,
        ValueError,
    ) as error:
        raise _refused(path, "不是完好的 Excel 文件（.xlsx）", f"no sound .xlsx file ({error})") from None


def _whole(path: Path, file: io.BytesIO, sheet: Any) -> None:
    """Raises `Refused` for cells that would be read as empty though to the eye they are not."""
    with zipfile.ZipFile(file) as packed:
        part = packed.read(sheet._worksheet_path)
    if found := _MERGED.search(part):
        place = found[1].decode()
        raise _refused(
            path,
            f"{place} 是合并的单元格，请取消合并，每格都填上",
            f"{place} are merged; unmerge them and fill each of them",
        )
    if found := _UNRECKONED.search(part):
        place = found[1].decode()
        raise _refused(
            path,
            f"{place} 是没有算过的公式，请在 Excel 里打开、保存一次，或直接写值",
            f"{place} is a formula that was not reckoned; open and save it in Excel, or write its value",
        )


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
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() if not isinstance(value, datetime):
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
    return str(value)


def _refused(path: Path, zh: str, en: str) -> Refused:
    return Refused("bad_sheet", f"{path.name}：{zh}。", f"{path.name}: {en}.")
