"""Fields of forms: what is asked, how it is typed, and what was wrong with the answer."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import pgettext_lazy

# One line to type in: kind -> attributes of the <input>. `class` sizes it to the answer expected.
INPUTS: dict[str, dict[str, str]] = {
    "text": {"type": "text"},
    "id_number": {
        "type": "text",
        "class": "w-18",
        "autocomplete": "off",
        "autocapitalize": "characters",
        "spellcheck": "false",
    },
    "phone": {"type": "tel", "class": "w-11", "autocomplete": "tel"},
    "number": {"type": "text", "class": "w-8", "inputmode": "decimal", "autocomplete": "off"},
    "one_time_code": {
        "type": "text",
        "class": "w-8",
        "inputmode": "numeric",
        "autocomplete": "one-time-code",
    },
    "email": {"type": "email", "autocomplete": "email", "spellcheck": "false"},
    "password": {"type": "password", "autocomplete": "current-password"},
    "calendar": {"type": "date", "class": "w-11"},
}
GROUPS = ("radios", "checkboxes", "date")
# "rows": a repeated group; "output": what is computed and cannot be typed.
KINDS = (*INPUTS, *GROUPS, "textarea", "select", "file", "hidden", "rows", "output")
MOST_ROWS = 100

DATE_BOXES = (
    ("year", pgettext_lazy("date", "年"), "w-4"),
    ("month", pgettext_lazy("date", "月"), "w-2"),
    ("day", pgettext_lazy("date", "日"), "w-2"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """选项: one of several; `hint` explains it beneath."""

    value: str
    label: str
    hint: str = ""
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """字段: one question of a form. `kind` is one of KINDS, ValueError otherwise.

    `value` is a str; a collection of str for checkboxes; a date, or a mapping with year, month and day as
    they were typed, for kind "date" (a day known by heart: three boxes, read back by `read_date`). "calendar"
    is a day near today, picked. `members` are the rows of kind "rows", each a tuple of fields. `heading` makes the label the page's heading; `inline` sets options side by
    side; `max_bytes` and `accept` hold for files; `wedge` marks the one field a card reader types into.
    """

    name: str
    label: str
    kind: str = "text"
    value: Any = ""
    hint: str = ""
    error: str = ""
    optional: bool = False
    source: str = ""
    options: tuple[Option, ...] = ()
    autocomplete: str = ""
    rows: int = 4
    accept: str = ""
    max_bytes: int = 0
    multiple: bool = False
    heading: bool = False
    inline: bool = False
    autofocus: bool = False
    wedge: bool = False
    members: tuple[tuple["Field", ...], ...] = ()
    full: bool = False  # no more rows can be added
    id: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"没有这种字段 (no such kind of field): {self.kind}")
        if not self.id:
            object.__setattr__(self, "id", f"id_{self.name}")

    @property
    def group(self) -> bool:
        """Whether it is several controls under one legend."""
        return self.kind in GROUPS

    @property
    def described_by(self) -> str:
        parts = {"hint": self.hint, "source": self.source, "error": self.error}
        return " ".join(f"{self.id}_{part}" for part, text in parts.items() if text)

    @property
    def attributes(self) -> dict[str, str]:
        found = dict(INPUTS.get(self.kind, {}))
        if self.autocomplete:
            found["autocomplete"] = self.autocomplete
        return found

    @property
    def choices(self) -> list[tuple[Option, bool, str]]:
        """Each option with whether it is chosen, and the id of its control.

        The first one has the id of the field, so that a link of the error summary always finds its target.
        """
        chosen = {self.value} if isinstance(self.value, str) else {str(one) for one in self.value or ()}
        ids = [self.id, *(f"{self.id}_{index}" for index in range(1, len(self.options)))]
        return [(one, one.value in chosen, id_) for one, id_ in zip(self.options, ids, strict=False)]

    @property
    def boxes(self) -> list[tuple[str, str, str, str]]:
        """Year, month, day: name of the part, its label, width, and what is in the box."""
        typed: Mapping[str, Any] = self.value or {}
        if isinstance(self.value, date):
            typed = {part: getattr(self.value, part) for part, _, _ in DATE_BOXES}
        return [(part, str(label), width, str(typed.get(part, ""))) for part, label, width in DATE_BOXES]


def read_date(data: Mapping[str, str], name: str) -> date | None:
    """Read the three boxes of a date field: None if all are empty, ValueError if it is no day."""
    typed = [
        unicodedata.normalize("NFKC", data.get(f"{name}_{part}", "")).strip() for part, _, _ in DATE_BOXES
    ]
    return date(*map(int, typed)) if any(typed) else None


def read_rows(data: Mapping[str, str], name: str, columns: Sequence[str]) -> list[dict[str, str]] | None:
    """Read the rows of a group as they were typed, those in which nothing stands too; None if the page did not show it."""
    found = [
        {column: data.get(f"{name}-{number}-{column}", "") for column in columns}
        for number in range(MOST_ROWS)
        if any(f"{name}-{number}-{column}" in data for column in columns)
    ]
    return found or None


def changed_rows(data: Mapping[str, str], name: str, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows after the button that was pressed: `drop` takes one out."""
    pressed, _, number = data.get("drop", "").rpartition("-")
    if pressed == name and number.isdecimal() and int(number) < len(rows):
        return [row for place, row in enumerate(rows) if place != int(number)]
    return rows


def from_form(bound: BoundField, **changes: Any) -> Field:
    """Make a Field of a field of a Django form; `changes` override what it says, as kind="id_number"."""
    widget = bound.field.widget
    options = getattr(bound.field, "choices", ())
    values: dict[str, Any] = {
        "name": bound.html_name,
        "id": bound.auto_id or "",
        "label": str(bound.label),
        "kind": _kind(widget),
        "value": _value(bound),
        "hint": str(bound.help_text),
        "error": " ".join(map(str, bound.errors)),
        "optional": not bound.field.required,
        "options": tuple(
            Option(value=str(value), label=str(label)) for value, label in options if value != ""
        ),
    }
    if isinstance(widget, forms.CheckboxInput):
        values["options"] = (Option(value="on", label=values["label"]),)
    return Field(**(values | changes))


def _value(bound: BoundField) -> Any:
    value = bound.value()
    if isinstance(bound.field.widget, forms.PasswordInput):
        return ""  # never back into a page
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return "on" if value else ""
    if isinstance(bound.field.widget, forms.SelectDateWidget) and isinstance(value, str):
        # Boxes that held no day come back joined by hyphens.
        return dict(zip((part for part, _, _ in DATE_BOXES), value.split("-"), strict=False))
    return value if isinstance(value, date | list | tuple) else str("" if value is None else value)


def _kind(widget: forms.Widget) -> str:
    by_class: Iterable[tuple[type[forms.Widget], str]] = (
        (forms.CheckboxSelectMultiple, "checkboxes"),
        (forms.RadioSelect, "radios"),
        (forms.CheckboxInput, "checkboxes"),
        (forms.SelectDateWidget, "date"),
        (forms.Select, "select"),
        (forms.Textarea, "textarea"),
        (forms.FileInput, "file"),
        (forms.HiddenInput, "hidden"),
        (forms.PasswordInput, "password"),
        (forms.EmailInput, "email"),
        (forms.DateInput, "calendar"),
        (forms.NumberInput, "number"),
    )
    return next((kind for cls, kind in by_class if isinstance(widget, cls)), "text")
