"""什么样子: what goes in and what comes out. Only members that are named here ever leave, or are ever read.

Days are ISO dates in China; instants end in Z. Texts are Chinese; codes are those of the catalogue.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

type Kind = Literal["item", "bundle"]
Code = Annotated[str, Meta(max_length=60)]
Region = Annotated[str, Meta(pattern="^[0-9]{6}$", description="县级行政区划代码，6位 / county, six digits")]
Words = Annotated[str, Meta(max_length=4000)]
Search = Annotated[str, Meta(max_length=60)]
Offset = Annotated[int, Meta(ge=0, le=1_000_000)]
Limit = Annotated[int, Meta(ge=1, le=200)]
Answers = Annotated[
    dict[Code, Code], Meta(max_length=100, description="问题代码 → 选项 / question code → choice")
]
Values = Annotated[
    dict[Code, Words], Meta(max_length=300, description="数据元代码 → 值 / element code → value")
]


def shape[T: Struct](kind: type[T], what: object, /, **more: Any) -> T:
    """The members that `kind` names, read from `what` by their names; `more` gives the others."""
    names = [name for name in kind.__struct_fields__ if name not in more]
    found = {name: getattr(what, name) for name in names if hasattr(what, name)}
    return msgspec.convert({**found, **more}, kind, from_attributes=True)


class Flaw(Struct):
    """需要改的地方: one of several things that stand in the way."""

    field: str
    title: str
    title_en: str


class Problem(Struct, omit_defaults=True):
    """不予: why not, in words to read out (RFC 9457). `rule` never changes; `article` is its source in the law."""

    type: str
    title: str
    title_en: str
    status: int
    rule: str
    article: str = ""
    field: str = ""
    problems: list[Flaw] = []
