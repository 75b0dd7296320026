"""审批条件: the published clauses of a case with their evidence: what the rules say of each, and what is for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from banshi.contexts.cases.values import CaseState
from banshi.contexts.catalogue.queries import Judged
from banshi.contexts.catalogue.values import Dictionaries
from banshi.desks.officer import stated
from banshi.desks.officer.stated import Reader
from banshi.flows import open_book
from banshi.ui.language import chinese


@dataclass(frozen=True, slots=True)
class Clause:
    """一条审批条件: how it stands, the values looked at with where each came from, the papers that show it."""

    text: str
    light: str
    word: str
    values: tuple[tuple[str, str, str], ...]
    materials: tuple[tuple[str, str], ...]
    basis: str
    proof: str


def clauses(
    state: CaseState, subject: Mapping[str, Any], known: Dictionaries, reader: Reader, today: date
) -> tuple[Clause, ...]:
    """Of an item without clauses, and of a case whose content was erased: none."""
    if not state.plan.criteria or not subject:
        return ()
    found = open_book.look_at_case(state, today, zh=chinese())
    handed = {one.code: one for one in stated.handed(subject)}
    return tuple(_clause(one, handed, known, reader) for one in found.judged) if found else ()


def ticked(state: CaseState, data: Mapping[str, Any]) -> list[str]:
    """What a conclusion or decision said of the clauses."""
    texts = {one.key: one.text.rstrip("。") for one in state.plan.criteria}
    words = {"looked": gettext("看过、符合：%(what)s。"), "unmet": gettext("不符合：%(what)s。")}
    return [
        told % {"what": "；".join(texts.get(key, key) for key in data[name])}
        for name, told in words.items()
        if data.get(name)
    ]


def _clause(
    one: Judged, handed: Mapping[str, stated.MaterialLine], known: Dictionaries, reader: Reader
) -> Clause:
    light, word = {
        "holds": ("green", gettext("系统核对：符合")),
        "fails": ("red", gettext("系统核对：不符合")),
        "unknown": ("yellow", gettext("系统不能判断")),
        "person": ("yellow", gettext("由人判断")),
    }[one.verdict]
    values = tuple(
        (
            use.label,
            use.value if use.missing else stated.masked(known.elements.get(use.key), use.value, reader),
            "" if use.missing else _source(use.key),
        )
        for use in open_book.values_of(one)
    )
    what = one.criterion
    papers = tuple(
        (known.materials[code].name, handed[code].how if code in handed else gettext("没有交"))
        for code in what.materials
    )
    return Clause(
        what.text, light, word, values, papers, f"《{what.basis.law}》{what.basis.article}", what.proof
    )


def _source(key: str) -> str:
    """Where a value came from, by the kind of its name."""
    kind, dot, _ = key.partition(".")
    known = {
        "held": gettext("（电子证照）"),
        "until": gettext("（电子证照）"),
        "person": gettext("（实名信息）"),
        "enterprise": gettext("（企业登记信息）"),
        "register": gettext("（登记库，经申请人同意）"),
        "place": gettext("（办理地）"),
    }
    return known.get(kind, gettext("（申请人填写）")) if dot else gettext("（申请人填写）")
