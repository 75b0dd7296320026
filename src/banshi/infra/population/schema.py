"""人群数据的格式: whether a file's columns can hold the declared data; what is wrong, and where."""

from __future__ import annotations

from difflib import get_close_matches

import pyarrow as pa

from banshi.kernel.facts import Refused
from banshi.kernel.rules.types import (
    BOOL,
    DATE,
    DOUBLE,
    DURATION,
    INT,
    STRING,
    TIMESTAMP,
    Datum,
    Type,
    list_of,
    map_of,
    record,
)


class PopulationError(Refused):
    """人群数据有错: in which file, column and row (counted from 1; 0: the whole column)."""

    def __init__(self, rule: str, place: str, column: str, row: int, zh: str, en: str) -> None:
        at = f"{place}：“{column}”列" + (f"第{row}行" if row else "")
        where = f"{place}: column “{column}”" + (f", row {row}" if row else "")
        super().__init__(rule, f"{at}{zh}", f"{where} {en}")
        self.column, self.row = column, row


def unreadable(place: str, error: Exception) -> Refused:
    if isinstance(error, FileNotFoundError):
        return Refused("no_population", f"没有文件 {place}。", f"There is no file {place}.")
    said = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return Refused(
        "unreadable_population",
        f"{place} 不能作为 Parquet 文件读取，请检查文件是否完整：{said}",
        f"{place} cannot be read as Parquet; is the file whole? {said}",
    )


def check_column(place: str, schema: pa.Schema, key: str, type_: Type) -> None:
    if key not in schema.names:
        near = get_close_matches(key, schema.names, n=1)
        zh, en = (f"，是不是“{near[0]}”？", f"; is it “{near[0]}”?") if near else ("。", ".")
        raise PopulationError("no_column", place, key, 0, f"不存在{zh}", f"is not there{en}")
    if len(schema.get_all_field_indices(key)) > 1:
        raise PopulationError("twice_column", place, key, 0, "有两列。", "is there twice.")
    found = schema.field(key).type
    if not _takes(type_, found):
        raise PopulationError(
            "wrong_column",
            place,
            key,
            0,
            f"的类型是{found}，应是{type_}。",
            f"is of type {found}; it should be {type_}.",
        )


def is_text(found: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(found) or pa.types.is_large_string(found) or pa.types.is_string_view(found)
    )


def _is_list(found: pa.DataType) -> bool:
    is_ = pa.types
    return bool(is_.is_list(found) or is_.is_large_list(found) or is_.is_fixed_size_list(found))


def _takes(type_: Type, found: pa.DataType, inside: bool = False) -> bool:
    """Whether a column of Arrow's type can hold the declared one."""
    is_ = pa.types
    if is_.is_null(found):
        return not inside
    match type_.kind:
        case "int":
            return bool(
                is_.is_integer(found) or (not inside and (is_.is_floating(found) or is_.is_decimal(found)))
            )
        case "double":
            return bool(
                is_.is_floating(found) or (not inside and (is_.is_integer(found) or is_.is_decimal(found)))
            )
        case "bool":
            return bool(is_.is_boolean(found))
        case "string":
            return is_text(found) or bool(
                not inside and is_.is_dictionary(found) and is_text(found.value_type)
            )
        case "date":
            return bool(
                is_.is_date(found)
                or (not inside and (is_text(found) or (is_.is_timestamp(found) and found.tz is None)))
            )
        case "timestamp":
            return bool(is_.is_timestamp(found) and found.tz is not None and not inside)
        case "duration":
            return bool(is_.is_duration(found) and not inside)
        case "list":
            return _is_list(found) and _takes(type_.element, found.value_type, True)
        case "map":
            return bool(is_.is_map(found)) and all(
                _takes(one, other, True)
                for one, other in zip(type_.of, (found.key_type, found.item_type), strict=True)
            )
        case "record":
            return bool(is_.is_struct(found)) and all(
                found.get_field_index(name) >= 0 and _takes(one, found.field(name).type, True)
                for name, one in type_.fields
            )
    return False


def declared(schema: pa.Schema) -> dict[str, Datum]:
    """The data as the columns are, where they can be asked at all; the label is the name."""
    names = {}
    for one in schema:
        type_ = _type_of(one.type)
        if type_ is not None:
            names[one.name] = Datum(type_, one.name)
    return names


def _type_of(found: pa.DataType) -> Type | None:
    is_ = pa.types
    for test, type_ in (
        (is_.is_boolean, BOOL),
        (is_.is_integer, INT),
        (is_.is_floating, DOUBLE),
        (is_.is_date, DATE),
        (is_.is_duration, DURATION),
        (is_text, STRING),
    ):
        if test(found):
            return type_
    if is_.is_timestamp(found):
        return TIMESTAMP if found.tz is not None else None
    if is_.is_dictionary(found):
        return STRING if is_text(found.value_type) else None
    if is_.is_decimal(found):
        return INT if found.scale <= 0 else DOUBLE
    if _is_list(found):
        inner = _type_of(found.value_type)
        return None if inner is None else list_of(inner)
    if is_.is_map(found):
        key, value = _type_of(found.key_type), _type_of(found.item_type)
        return map_of(key, value) if key in (BOOL, INT, STRING) and key and value else None
    if is_.is_struct(found):
        fields = {one.name: _type_of(one.type) for one in found}
        return record({name: one for name, one in fields.items() if one is not None})
    return None
