"""运算表: every strict operation of the language: its `op` in the tree, how it is written, what it takes and gives.

`a.f(b)` is written `.f`, `f(a, b)` is written `f`; T, K, V stand for any one type. Months of timestamps count from 0 and
days from 0 (`getDate` from 1), as the standard has it; `year`, `month`, `day` of civil dates count as people do.
`years(a, b)`, `months(a, b)`: whole years or months from a until b, rounded down: y₂ − y₁, less 1 if (m₂, d₂) < (m₁, d₁).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from banshi.kernel.rules.types import DYN, NOTHING, SCALARS, Type, list_of, map_of

_TABLE = """
eq ==: T T -> bool
ne !=: T T -> bool
lt <: T T -> bool
le <=: T T -> bool
gt >: T T -> bool
ge >=: T T -> bool
in_list in: T list(T) -> bool
in_map in: K map(K,V) -> bool
add_int +: int int -> int
add_double +: double double -> double
add_string +: string string -> string
add_list +: list(T) list(T) -> list(T)
add_date_days +: date int -> date
add_timestamp_duration +: timestamp duration -> timestamp
add_duration_timestamp +: duration timestamp -> timestamp
add_duration +: duration duration -> duration
sub_int -: int int -> int
sub_double -: double double -> double
sub_date_days -: date int -> date
sub_date -: date date -> int
sub_timestamp_duration -: timestamp duration -> timestamp
sub_timestamp -: timestamp timestamp -> duration
sub_duration -: duration duration -> duration
mul_int *: int int -> int
mul_double *: double double -> double
div_int /: int int -> int
div_double /: double double -> double
mod_int %: int int -> int
neg_int neg: int -> int
neg_double neg: double -> double
index_list []: list(T) int -> T
index_map []: map(K,V) K -> V
size_string size .size: string -> int
size_list size .size: list(T) -> int
size_map size .size: map(K,V) -> int
contains .contains: string string -> bool
starts_with .startsWith: string string -> bool
ends_with .endsWith: string string -> bool
matches matches .matches: string string -> bool
sum_int sum: list(int) -> int
sum_double sum: list(double) -> double
same int: int -> int
int_double int: double -> int
int_string int: string -> int
int_timestamp int: timestamp -> int
same double: double -> double
double_int double: int -> double
double_string double: string -> double
same string: string -> string
string_bool string: bool -> string
string_int string: int -> string
string_double string: double -> string
string_date string: date -> string
string_timestamp string: timestamp -> string
string_duration string: duration -> string
same bool: bool -> bool
bool_string bool: string -> bool
same date: date -> date
date_string date: string -> date
date_timestamp date: timestamp string -> date
same timestamp: timestamp -> timestamp
timestamp_string timestamp: string -> timestamp
timestamp_int timestamp: int -> timestamp
same duration: duration -> duration
duration_string duration: string -> duration
year year: date -> int
month month: date -> int
day day: date -> int
years years: date date -> int
months months: date date -> int
timestamp_year .getFullYear: timestamp -> int
timestamp_year .getFullYear: timestamp string -> int
timestamp_month .getMonth: timestamp -> int
timestamp_month .getMonth: timestamp string -> int
timestamp_day_of_month .getDayOfMonth: timestamp -> int
timestamp_day_of_month .getDayOfMonth: timestamp string -> int
timestamp_date .getDate: timestamp -> int
timestamp_date .getDate: timestamp string -> int
timestamp_day_of_week .getDayOfWeek: timestamp -> int
timestamp_day_of_week .getDayOfWeek: timestamp string -> int
timestamp_day_of_year .getDayOfYear: timestamp -> int
timestamp_day_of_year .getDayOfYear: timestamp string -> int
timestamp_hours .getHours: timestamp -> int
timestamp_hours .getHours: timestamp string -> int
timestamp_minutes .getMinutes: timestamp -> int
timestamp_minutes .getMinutes: timestamp string -> int
timestamp_seconds .getSeconds: timestamp -> int
timestamp_seconds .getSeconds: timestamp string -> int
timestamp_millis .getMilliseconds: timestamp -> int
timestamp_millis .getMilliseconds: timestamp string -> int
duration_hours .getHours: duration -> int
duration_minutes .getMinutes: duration -> int
duration_seconds .getSeconds: duration -> int
duration_millis .getMilliseconds: duration -> int
"""


@dataclass(frozen=True, slots=True)
class Overload:
    """重载: one way to call a function; `takes` and `gives` may hold the type variables T, K and V."""

    op: str
    takes: tuple[Type, ...]
    gives: Type


@cache
def overloads() -> dict[str, tuple[Overload, ...]]:
    """As written in the source ("+", "size", ".size") -> the ways to call it."""
    table: dict[str, tuple[Overload, ...]] = {}
    for line in _TABLE.strip().splitlines():
        head, _, signature = line.partition(": ")
        op, *written = head.split()
        takes, _, gives = signature.partition(" -> ")
        one = Overload(op, tuple(map(_type, takes.split())), _type(gives))
        for name in written:
            table[name] = (*table.get(name, ()), one)
    return table


def _type(text: str) -> Type:
    kind, _, inner = text.rstrip(")").partition("(")
    if inner:
        parts = [_type(part) for part in inner.split(",")]
        return list_of(parts[0]) if kind == "list" else map_of(parts[0], parts[1])
    return SCALARS.get(kind) or Type(f"${kind}")


def join(one: Type, other: Type) -> Type | None:
    """The type that holds both: the same, the fuller of two lists one of which is empty, dyn with dyn; else None."""
    if one == other or other == NOTHING:
        return one
    if one == NOTHING:
        return other
    if DYN in (one, other):
        return DYN
    if one.kind != other.kind or not one.of:
        return None
    parts = [join(a, b) for a, b in zip(one.of, other.of, strict=True)]
    return None if None in parts else Type(one.kind, tuple(part for part in parts if part))


def fit(pattern: Type, given: Type, bound: dict[str, Type]) -> bool:
    """Whether `given` fits `pattern`, noting in `bound` what its type variables stand for."""
    if pattern.kind.startswith("$"):
        joined = join(bound.get(pattern.kind, NOTHING), given)
        if joined is not None:
            bound[pattern.kind] = joined
        return joined is not None
    if given in (NOTHING, DYN):
        return all(fit(inner, given, bound) for inner in pattern.of)
    return pattern.kind == given.kind and all(
        fit(inner, given_inner, bound) for inner, given_inner in zip(pattern.of, given.of, strict=True)
    )


def put(pattern: Type, bound: dict[str, Type]) -> Type:
    """`pattern` with its type variables replaced by what they stand for."""
    if pattern.kind.startswith("$"):
        return bound[pattern.kind]
    return Type(pattern.kind, tuple(put(inner, bound) for inner in pattern.of), pattern.fields)
