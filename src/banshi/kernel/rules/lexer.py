"""词法: from text to tokens, each with its place. The standard's tokens, less unsigned integers and byte strings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from banshi.kernel.rules.messages import RuleError
from banshi.kernel.rules.tree import Span

LONGEST = 20_000

type Kind = Literal["name", "int", "double", "string", "mark", "end"]

_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\r\n\f]+|//[^\n]*)
  | (?P<string>(?P<prefix>[rRbB]{0,2})(?P<quote>\"\"\"|'''|"|'))
  | (?P<double>(?:[0-9]+\.[0-9]+|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)
  | (?P<int>0x[0-9a-fA-F]+|[0-9]+)
  | (?P<name>[_a-zA-Z][_a-zA-Z0-9]*)
  | (?P<mark>&&|\|\||[=!<>]=|[-+*/%<>!?:.,()\[\]{}])
    """,
    re.VERBOSE,
)
# What follows the opening quote, up to and with the closing one. No two alternatives begin alike: linear.
_REST = {
    (quote, raw): re.compile(text, re.DOTALL)
    for quote, raw, text in (
        ('"', False, r'(?:[^"\\\r\n]|\\[^\r\n])*"'),
        ("'", False, r"(?:[^'\\\r\n]|\\[^\r\n])*'"),
        ('"""', False, r'(?:[^"\\]|\\.|"(?!""))*"""'),
        ("'''", False, r"(?:[^'\\]|\\.|'(?!''))*'''"),
        ('"', True, r'[^"\r\n]*"'),
        ("'", True, r"[^'\r\n]*'"),
        ('"""', True, r'(?:[^"]|"(?!""))*"""'),
        ("'''", True, r"(?:[^']|'(?!''))*'''"),
    )
}
_ESCAPE = re.compile(
    r"""\\(?:([abfnrtv\\?"'`])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.|\Z))"""
    r"|\r\n?",
    re.DOTALL,
)
_RETURN = re.compile(r"\r\n?")
_FOREIGN = re.compile(r"\w+")
_SINGLE = dict(zip("abfnrtv\\?\"'`", "\a\b\f\n\r\t\v\\?\"'`", strict=True))


@dataclass(frozen=True, slots=True)
class Token:
    """词: `text` is a name, a mark, the digits of a number, or the value of a string."""

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


def tokens(source: str) -> list[Token]:
    """All tokens, the last of kind `end`. Raises `RuleError`."""
    if len(source) > LONGEST:
        raise RuleError("too_long", Span(LONGEST, len(source)), f"{LONGEST:,}")
    found: list[Token] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            if source[at].isascii():
                raise RuleError("stray", Span(at, at + 1), printable(source[at]))
            word = _FOREIGN.match(source, at)
            end = word.end() if word else at + 1
            raise RuleError("not_ascii", Span(at, end), printable(source[at:end]))
        start, at = at, match.end()
        kind = match.lastgroup
        if kind == "blank":
            continue
        if match["quote"]:
            token = _string(source, start, at, match["prefix"].lower(), match["quote"])
            at = token.end
        else:
            token = Token(kind, match[0], start, at)  # type: ignore[arg-type]
        if token.kind in ("int", "double"):
            _ends(source, token)
        found.append(token)
    found.append(Token("end", "", at, at))
    return found


def printable(text: str) -> str:
    """`text` as it may stand in a message and be encoded."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:40])


def _ends(source: str, token: Token) -> None:
    """A number is not followed by letters."""
    if source[token.end : token.end + 1].isalpha():
        if source[token.end] in "uU":
            raise RuleError("no_uint", Span(token.start, token.end + 1), token.text)
        raise RuleError(
            "bad_number",
            Span(token.start, token.end + 1),
            token.text + printable(source[token.end]),
        )


def _string(source: str, start: int, at: int, prefix: str, quote: str) -> Token:
    if "b" in prefix:
        raise RuleError("no_bytes", Span(start, at))
    if len(prefix) > 1:
        raise RuleError("stray", Span(start, at), prefix)
    match = _REST[quote, prefix == "r"].match(source, at)
    if match is None:
        raise RuleError("open_string", Span(start, at))
    inside = source[at : match.end() - len(quote)]
    if prefix == "r":
        inside = _RETURN.sub("\n", inside)
    elif "\\" in inside or "\r" in inside:
        inside = _ESCAPE.sub(lambda escape: _letter(escape, at), inside)
    for place, letter in enumerate(inside):
        if "\ud800" <= letter <= "\udfff":
            raise RuleError("bad_escape", Span(at + place, at + place + 1), printable(letter))
    return Token("string", inside, start, match.end())


def _letter(escape: re.Match[str], at: int) -> str:
    if escape[0][0] == "\r":  # a line ends with \n, however the file writes it
        return "\n"
    if single := escape[1]:
        return _SINGLE[single]
    code = int(escape[5], 8) if escape[5] else int(escape[2] or escape[3] or escape[4] or "-1", 16)
    if not 0 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        span = Span(at + escape.start(), at + escape.end())
        raise RuleError("bad_escape", span, printable(escape[0]))
    return chr(code)
