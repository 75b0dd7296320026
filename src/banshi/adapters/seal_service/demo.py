"""演示章: a stamp that says what it is. To connect a real service, copy this file and answer the same two questions."""

from __future__ import annotations

from html import escape

from banshi.adapters.seal_service import Order

_FONTS = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, SimHei"
_RED = "#c22a2a"


class DemoSeal:
    """演示章: red and round, and never to be taken for an office's seal: no star, its name in plain lines."""

    def picture(self, order: Order) -> str:
        lines = _lines(order.name)
        words = [(46, 30, "演示章", True)]
        words += [(64 + 13 * n, 11, line, False) for n, line in enumerate(lines)]
        words.append((66 + 13 * len(lines), 9, "不具法律效力", False))
        shift = (140 - words[-1][0]) / 2 - 12  # the block stands in the middle of the round
        texts = "".join(
            f'<text x="70" y="{y + shift:.0f}" font-size="{size}"{" font-weight='bold'" if bold else ""}>{escape(word)}</text>'
            for y, size, word, bold in words
        )
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 140 140">'
            f'<g transform="rotate(-6 70 70)"><g fill="none" stroke="{_RED}">'
            '<circle cx="70" cy="70" r="67" stroke-width="5"/><circle cx="70" cy="70" r="61" stroke-width="1.6"/></g>'
            f'<g fill="{_RED}" text-anchor="middle" font-family="{_FONTS}">{texts}</g></g></svg>'
        )

    def seal(self, pdf: bytes, order: Order) -> bytes:
        return pdf


def _lines(name: str, width: int = 9) -> list[str]:
    """An office's name in up to three lines of about the same length, at most nine characters each."""
    shown = name if len(name) <= 3 * width else name[: 3 * width - 1] + "…"
    count = -(-len(shown) // width)
    each = -(-len(shown) // max(count, 1))
    return [shown[at : at + each] for at in range(0, len(shown), each)]
