"""文书打印: documents as PDF (typst), and QR codes (segno).

A template is code of ours; what a person wrote reaches it as JSON and is only ever printed, never read as
markup. Every document is PDF/A-2a and PDF/UA-1: archivable, tagged, with all its glyphs inside.
"""

from __future__ import annotations

import io
import json
import logging
import re
import threading
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import segno
import typst

_STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
_SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", "SimSun")
_SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "SimHei")
_CHINA = ZoneInfo("Asia/Shanghai")
_JOINERS = "\u200c\u200d\u180e"  # invisible, yet part of how Uyghur, Tibetan or Mongolian is spelt
_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)

type Print = Callable[[Path, dict[str, Any], int], bytes]  # template, data, seconds since 1970

# The compiler takes one call at a time and keeps fonts and templates: one, behind a lock, serves all threads.
_lock = threading.Lock()
_without_glyph: dict[int, str] = {}  # what no font here can print -> what stands for it
log = logging.getLogger(__name__)


class CannotPrint(RuntimeError):
    """不能生成文书: says which template, what is wrong with it or its data, and what to do."""


def render(template: Path, data: Mapping[str, Any], *, created_at: datetime) -> bytes:
    """The PDF of `template`; the same template, data, instant and fonts give the same bytes.

    `data`: text, int, bool, None, `date`, `datetime` (aware, printed in China time), lists and mappings of
    these; which keys, the template's head says. A template finds the QR code of `url`, if given, under `qr`.
    What no installed font can print stands as 〔U+2A6B3〕; control and direction characters are dropped.
    Raises `CannotPrint`: no Chinese font here, no such template, a key missing, a value of the wrong type.
    """
    if created_at.tzinfo is None:
        raise ValueError(f"时刻没有时区 (a moment without a time zone): {created_at.isoformat()}")
    return _print(template, _plain(dict(data), template.name), int(created_at.timestamp()))


def print_by(other: Print | None) -> None:
    """Let somebody else print from now on (`infra.printer`: another process); None: this process does."""
    global _print
    _print = other or print_here


def print_here(template: Path, plain: dict[str, Any], timestamp: int) -> bytes:
    """The PDF of a template and its data, which are as JSON knows them. Raises `CannotPrint`."""
    if plain.get("url"):
        plain = {**plain, "qr": qr_svg(plain["url"])}
    text = json.dumps(plain, ensure_ascii=False)
    with _lock:
        while True:
            try:
                return _compile(template, text.translate(_without_glyph), timestamp)
            except typst.TypstError as error:
                missing = "".join(_NO_GLYPH.findall(error.message))
                new = {ord(c): _stand_in(c) for c in missing if ord(c) not in _without_glyph}
                if not new:
                    raise CannotPrint(
                        f"{template.name} 不能打印：{error.message}。请对照模板开头的说明检查数据。 / "
                        f"{template.name} cannot be printed: {error.message}. "
                        "Check the data against the template's head."
                    ) from error
                log.warning(
                    "no font has %s; one such as fonts-hanazono would print it", ", ".join(new.values())
                )
                _without_glyph.update(new)


_print: Print = print_here


def qr_svg(text: str) -> str:
    """二维码: `text` as a QR code in SVG, level M, with its quiet zone; it takes the size of its place."""
    out = io.BytesIO()
    # A fixed mask: trying all eight costs four times as much, and readers take any.
    segno.make(text, error="m", mask=3, micro=False, boost_error=False).save(
        out, kind="svg", xmldecl=False, omitsize=True, svgclass=None, lineclass=None
    )
    return out.getvalue().decode()


def _compile(template: Path, data: str, timestamp: int) -> bytes:
    """Call with the lock held."""
    if not template.is_file():
        raise CannotPrint(f"没有文书模板 {template}。 / There is no document template {template}.")
    serif, sans = _fonts()
    content = _compiler().compile(
        input=template,
        root=template.parent,  # a template reads nothing but its own folder
        format="pdf",
        sys_inputs={"data": data, "serif": serif, "sans": sans},
        pdf_standards=_STANDARDS,
        timestamp=timestamp,
    )
    return cast(bytes, content)


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler()


@cache
def _fonts() -> tuple[str, str]:
    """The Chinese serif and sans families of this machine; one of them may have to do for both."""
    here = set(typst.Fonts().families())
    serif = next((name for name in _SERIF if name in here), "")
    sans = next((name for name in _SANS if name in here), "")
    if not serif and not sans:
        raise CannotPrint(
            "这台机器没有中文字体，不能生成文书。"
            "请安装 Noto CJK 字体（Debian、Ubuntu：apt install fonts-noto-cjk），再试一次。 / "
            "This machine has no Chinese font, so no document can be made. "
            "Install the Noto CJK fonts (Debian, Ubuntu: apt install fonts-noto-cjk) and try again."
        )
    return serif or sans, sans or serif


def _plain(value: Any, at: str) -> Any:
    """`value` as JSON knows it; `at` names the place in an error."""
    match value:
        case str():
            return "".join(map(_printable, value))
        case None | bool() | int():
            return value
        case datetime():
            if value.tzinfo is None:
                raise CannotPrint(f"{at}：时刻没有时区。 / {at}: a moment without a time zone.")
            return value.astimezone(_CHINA).isoformat(timespec="minutes")
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(each, f"{at}.{key}") for key, each in value.items()}
        case list() | tuple():
            return [_plain(each, f"{at}[{i}]") for i, each in enumerate(value)]
    kind = type(value).__name__
    raise CannotPrint(
        f"{at}：{kind} 不能打印，请先写成文字。 / {at}: {kind} cannot be printed; write it as text."
    )


def _printable(c: str) -> str:
    """A direction mark could make a name read as another, and a private character has no agreed shape."""
    if c in "\n\u2028\u2029":
        return "\n"
    if c == "\t":
        return " "
    match unicodedata.category(c):
        case "Cc" | "Cs":
            return ""
        case "Cf":
            return c if c in _JOINERS else ""
        case "Co":
            return _stand_in(c)
    return c


def _stand_in(c: str) -> str:
    return f"〔U+{ord(c):04X}〕"
