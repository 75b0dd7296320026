"""合并表单: one form and one set of materials for several matters; what is known is filled in and says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from banshi.contexts.forms.values import Field, Filled, Form, MaterialNeed, Need, Problem, Section
from banshi.kernel.rules import Names


def merge(needs: Sequence[Need], sections: Sequence[tuple[str, str]], data: Names | None = None) -> Form:
    """One form and one list of materials for several items: equal codes become one, required if any item requires it.

    `sections` gives keys and titles in their order; `data` is what the fields' rules may ask for.
    """
    fields: dict[str, Field] = {}
    materials: dict[str, MaterialNeed] = {}
    for need in needs:
        for one in need.fields:
            known = fields.get(one.code)
            if known is None:
                fields[one.code] = replace(one, items=(need.item,))
            else:
                fields[one.code] = replace(
                    known, required=known.required or one.required, items=(*known.items, need.item)
                )
        for material in need.materials:
            before = materials.get(material.code)
            if before is None:
                materials[material.code] = replace(material, items=(need.item,))
            else:
                notes = tuple(dict.fromkeys((*before.notes, *material.notes)))
                materials[material.code] = replace(
                    before,
                    required=before.required or material.required,
                    items=(*before.items, need.item),
                    notes=notes,
                )
    grouped = tuple(
        Section(key, title, tuple(one for one in fields.values() if one.section == key))
        for key, title in sections
    )
    return Form(
        sections=tuple(section for section in grouped if section.fields),
        materials=tuple(materials.values()),
        separate_fields=separate(fields.values()),
        separate_materials=sum(len(need.materials) for need in needs),
        data=data or {},
    )


def separate(fields: Iterable[Field]) -> int:
    """How many boxes these would be, matter by matter. A group is as many as one of its rows has."""
    return sum(len(one.items) * max(1, len(one.columns)) for one in fields)


def prefill(form: Form, known: Mapping[str, str]) -> dict[str, Filled]:
    """What the platform knows already, by field code. `known` maps sources (`person.name`) to values."""
    filled: dict[str, Filled] = {}
    for one in form.fields:
        for source in one.sources:
            if value := known.get(source):
                # Money is kept in 分 and written in 元.
                shown = f"{int(value) / 100:.2f}" if source.endswith("_fen") else value
                filled[one.code] = Filled(shown, source)
                break
    return filled


def check_materials(form: Form, supplied: set[str]) -> list[Problem]:
    """Which required materials are still missing."""
    return [
        Problem(need.code, f"还没有提交“{need.name}”。", f"Missing material: {need.name}.")
        for need in form.materials
        if need.required and need.code not in supplied
    ]
