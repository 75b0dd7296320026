"""列上的运算: what one operation does to whole columns, three-valued.

A `Lane` is a value a row and which rows have none; a `Mask` is a condition: known to be true (`sure`), and not known to be
false (`maybe`). Where nothing is unknown, `maybe` is the very same array, and half the work is not done. What would be an
error (overflow, division by zero, out of range) is a row without a value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from banshi.kernel.rules.values import INT_MAX, INT_MIN

type Array = np.ndarray[Any, np.dtype[Any]]

EPOCH = 719_163  # date.toordinal() of 1970-01-01
FIRST_DAY, LAST_DAY = date.min.toordinal() - EPOCH, date.max.toordinal() - EPOCH


@dataclass(frozen=True, slots=True)
class Lane:
    """一列值: `values` an array or one number for all rows; dates are days since 1970. `missing` None: all have one."""

    values: Any
    missing: Array | None = None


@dataclass(frozen=True, slots=True)
class Mask:
    """一列条件: `sure` is within `maybe`; unknown is the rest of `maybe`."""

    sure: Array
    maybe: Array

    @property
    def unknown(self) -> Array | None:
        return None if self.maybe is self.sure else self.maybe ^ self.sure


def mask(values: Array, missing: Array | None) -> Mask:
    if missing is None:
        return Mask(values, values)
    maybe = values | missing
    return Mask(maybe ^ missing, maybe)


def lane(condition: Mask) -> Lane:
    return Lane(condition.sure, condition.unknown)


def either(one: Array | None, other: Array | None) -> Array | None:
    if one is None or other is None or one is other:
        return other if one is None else one
    return one | other


# conditions


def and_(terms: Sequence[Mask]) -> Mask:
    return _join(np.logical_and, terms)


def or_(terms: Sequence[Mask]) -> Mask:
    return _join(np.logical_or, terms)


def _join(how: np.ufunc, terms: Sequence[Mask]) -> Mask:
    sure = how(terms[0].sure, terms[1].sure)
    for term in terms[2:]:
        how(sure, term.sure, out=sure)
    if all(term.maybe is term.sure for term in terms):
        return Mask(sure, sure)
    maybe = how(terms[0].maybe, terms[1].maybe)
    for term in terms[2:]:
        how(maybe, term.maybe, out=maybe)
    return Mask(sure, maybe)


def not_(term: Mask) -> Mask:
    sure = ~term.maybe
    return Mask(sure, sure if term.maybe is term.sure else ~term.sure)


def choose_mask(condition: Mask, then: Mask, other: Mask) -> Mask:
    chosen = choose(condition, lane(then), lane(other))
    return mask(chosen.values, chosen.missing)


def choose(condition: Mask, then: Lane, other: Lane) -> Lane:
    values = np.where(condition.sure, np.asarray(then.values), np.asarray(other.values))
    missing = None
    if then.missing is not None or other.missing is not None:
        none = np.False_
        missing = np.where(
            condition.sure,
            none if then.missing is None else then.missing,
            none if other.missing is None else other.missing,
        )
    return Lane(values, either(missing, condition.unknown))


def compare(how: np.ufunc, a: Lane, b: Lane) -> Mask:
    return mask(how(a.values, b.values), either(a.missing, b.missing))


def within(item: Lane, items: Sequence[Lane], rows: int) -> Mask:
    found = np.zeros(rows, bool)
    missing = item.missing
    for one in items:
        found |= item.values == one.values
        missing = either(missing, one.missing)
    return mask(found, missing)


# whole numbers: 64 bits, and what does not fit is missing


def _wide(one: Lane) -> Array:
    return np.asarray(one.values).astype(np.int64, copy=False)


def _checked(values: Array, bad: Array, *args: Lane) -> Lane:
    missing: Array | None = bad if bad.any() else None
    for arg in args:
        missing = either(missing, arg.missing)
    return Lane(values, missing)


def add_int(a: Lane, b: Lane) -> Lane:
    x, y = _wide(a), _wide(b)
    made = x + y
    return _checked(made, ((x ^ made) & (y ^ made)) < 0, a, b)


def sub_int(a: Lane, b: Lane) -> Lane:
    x, y = _wide(a), _wide(b)
    made = x - y
    return _checked(made, ((x ^ y) & (x ^ made)) < 0, a, b)


def mul_int(a: Lane, b: Lane) -> Lane:
    x, y = _wide(a), _wide(b)
    made = x * y
    if _largest(x) * _largest(y) <= INT_MAX:
        return _checked(made, np.False_, a, b)  # type: ignore[arg-type]
    divisor = np.where((y == 0) | (y == -1), 1, y)
    bad = ((y != 0) & (y != -1) & (_quotient(made, divisor) != x)) | ((y == -1) & (x == INT_MIN))
    return _checked(made, bad, a, b)


def _largest(values: Array) -> int:
    return max(abs(int(values.max())), abs(int(values.min()))) if values.size else 0


def _quotient(a: Array, b: Array) -> Array:
    """Towards zero; never asked for the lowest number divided by -1."""
    made: Array = a // b + ((a % b != 0) & ((a < 0) != (b < 0)))
    return made


def div_int(a: Lane, b: Lane) -> Lane:
    x, y = _wide(a), _wide(b)
    bad = (y == 0) | ((y == -1) & (x == INT_MIN))
    return _checked(_quotient(x, np.where(bad, 1, y)), bad, a, b)


def mod_int(a: Lane, b: Lane) -> Lane:
    x, y = _wide(a), _wide(b)
    bad = (y == 0) | ((y == -1) & (x == INT_MIN))
    return _checked(np.fmod(x, np.where(bad, 1, y)), bad, a, b)


def neg_int(a: Lane) -> Lane:
    x = _wide(a)
    return _checked(-x, x == INT_MIN, a)


# decimals: what is not finite is missing


def _double(how: Callable[..., Any]) -> Callable[..., Lane]:
    def work(*args: Lane) -> Lane:
        with np.errstate(all="ignore"):
            made = np.asarray(how(*(np.asarray(arg.values, np.float64) for arg in args)))
        return _checked(made, ~np.isfinite(made), *args)

    return work


def double_int(a: Lane) -> Lane:
    return Lane(np.asarray(a.values).astype(np.float64), a.missing)


def int_double(a: Lane) -> Lane:
    x = np.asarray(a.values)
    bad = ~((x > -(2.0**63)) & (x < 2.0**63))
    return _checked(np.where(bad, 0.0, x).astype(np.int64), bad, a)


# civil dates


def _moved(a: Lane, days: Array, b: Lane) -> Lane:
    x = _wide(a)
    bad = (days < FIRST_DAY - x) | (days > LAST_DAY - x)
    return _checked(x + np.where(bad, 0, days), bad, a, b)


def add_days(a: Lane, b: Lane) -> Lane:
    return _moved(a, _wide(b), b)


def sub_days(a: Lane, b: Lane) -> Lane:
    days = _wide(b)
    return _moved(a, np.where(days == INT_MIN, INT_MAX, -days), b)


def sub_date(a: Lane, b: Lane) -> Lane:
    return Lane(_wide(a) - _wide(b), either(a.missing, b.missing))


def _civil(one: Lane) -> tuple[Array, Array]:
    """(months since the year 0, day of the month)."""
    days = _wide(one).astype("M8[D]")
    months = days.astype("M8[M]")
    return months.astype(np.int64) + 1970 * 12, (days - months.astype("M8[D]")).astype(np.int64) + 1


def year(a: Lane) -> Lane:
    return Lane(_civil(a)[0] // 12, a.missing)


def month(a: Lane) -> Lane:
    return Lane(_civil(a)[0] % 12 + 1, a.missing)


def day(a: Lane) -> Lane:
    return Lane(_civil(a)[1], a.missing)


def months(a: Lane, b: Lane) -> Lane:
    (first, first_day), (last, last_day) = _civil(a), _civil(b)
    return Lane(last - first - (last_day < first_day), either(a.missing, b.missing))


def years(a: Lane, b: Lane) -> Lane:
    # Rounded down, twelve whole months are a whole year.
    whole = months(a, b)
    return Lane(whole.values // 12, whole.missing)


COMPARE: dict[str, np.ufunc] = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}
WORK: dict[str, Callable[..., Lane]] = {
    "add_int": add_int,
    "sub_int": sub_int,
    "mul_int": mul_int,
    "div_int": div_int,
    "mod_int": mod_int,
    "neg_int": neg_int,
    "add_double": _double(np.add),
    "sub_double": _double(np.subtract),
    "mul_double": _double(np.multiply),
    "div_double": _double(np.divide),
    "neg_double": _double(np.negative),
    "double_int": double_int,
    "int_double": int_double,
    "add_date_days": add_days,
    "sub_date_days": sub_days,
    "sub_date": sub_date,
    "year": year,
    "month": month,
    "day": day,
    "years": years,
    "months": months,
}
