"""讲清楚: what is wrong with a rule, or went wrong in it, in both languages, and where."""

from __future__ import annotations

from banshi.kernel.facts import Refused
from banshi.kernel.rules.tree import Span

# kind -> (Chinese, English); {0} {1} … are what it is about
_TEXTS: dict[str, tuple[str, str]] = {
    # limits
    "too_long": ("规则太长：最多{0}个字符。", "The rule is too long: at most {0} characters."),
    "too_deep": ("嵌套太深：最多{0}层。", "Nested too deeply: at most {0} levels."),
    "too_many_items": ("列表或映射太长：最多{0}项。", "Too many items: at most {0}."),
    "too_many_nodes": ("规则太大：最多{0}个部分。", "The rule is too big: at most {0} parts."),
    "too_many_loops": ("逐项判断套得太深：最多{0}层。", "Macros are nested too deeply: at most {0}."),
    "too_deep_type": ("列表套列表太深：最多{0}层。", "Lists of lists are too deep: at most {0}."),
    # reading
    "stray": ("这里不认识“{0}”。", "“{0}” is not understood here."),
    "not_ascii": (
        "“{0}”不能作名称：名称用英文键，中文写在引号里。",
        "“{0}” is no name: names are ASCII keys, other text goes in quotes.",
    ),
    "label": ("“{0}”是标签，规则里写它的键“{1}”。", "“{0}” is a label; in rules write its key “{1}”."),
    "open_string": ("引号没有合上。", "The quotation mark is never closed."),
    "bad_escape": ("不认识转义“{0}”。", "Unknown escape “{0}”."),
    "bad_number": ("“{0}”不是数。", "“{0}” is not a number."),
    "no_uint": ("没有无符号整数，请写{0}。", "There are no unsigned integers; write {0}."),
    "no_bytes": ("没有字节串，请用普通的文字。", "There are no byte strings; use text."),
    "int_range": ("整数超出64位：{0}。", "The integer does not fit 64 bits: {0}."),
    "expected": ("这里应为“{0}”，却是“{1}”。", "Expected “{0}”, found “{1}”."),
    "ended": ("规则没写完：这里还缺“{0}”。", "The rule ends too early: “{0}” is missing."),
    "reserved": ("“{0}”是保留字，不能作名称。", "“{0}” is a reserved word."),
    "no_messages": ("没有“{0}{{…}}”这种写法。", "There is no “{0}{{…}}” here."),
    # checking
    "unknown_name": ("没有声明数据“{0}”。{1}", "No datum “{0}” is declared.{2}"),
    "unknown_function": ("没有“{0}”这个函数。{1}", "There is no function “{0}”.{2}"),
    "no_overload": ("“{0}”不能用于{1}。{2}", "“{0}” does not take {1}.{3}"),
    "not_bool": ("这里要一个条件（bool），却是{0}。", "A condition (bool) is wanted here, not {0}."),
    "not_a_rule": ("规则的结果应是{0}，却是{1}。", "The rule should give {0}, not {1}."),
    "two_types": ("两边的类型不同：{0}和{1}。", "The two sides differ in type: {0} and {1}."),
    "mixed": ("同一列表（映射）里的类型要相同：{0}和{1}。", "One list or map, one type: {0} and {1}."),
    "not_iterable": ("不能对{0}逐项判断，只能对列表或映射。", "{0} is neither list nor map."),
    "bad_macro": ("“{0}”的写法是{1}。", "“{0}” is written {1}."),
    "has_field": ("has(…) 里应是 映射.字段。", "has(…) takes map.field."),
    "has_record": (
        "不必用 has：缺少的数据本来就是“未知”。",
        "has is not for declared data: what is missing is Unknown by itself.",
    ),
    "no_field": ("没有字段“{0}”。{1}", "There is no field “{0}”.{2}"),
    "no_fields": ("{0}没有字段。", "{0} has no fields."),
    "bad_key": ("映射的键不能是{0}，只能是 bool、int、string。", "A map key cannot be {0}."),
    "constant_pattern": ("正则式要直接写出来。", "The pattern has to be written out."),
    "bad_pattern": ("正则式写得不对（第{0}个字符）。", "The pattern is wrong at character {0}."),
    "not_exact": ("{0}换成小数不精确。", "{0} is no exact double."),
    "constant_yuan": ("yuan 里直接写金额，如 yuan(300) 或 yuan('0.5')。", "yuan takes an amount: yuan(300)."),
    # running
    "overflow": ("计算结果超出64位整数。", "The result does not fit a 64-bit integer."),
    "divide_by_zero": ("除数是零。", "Division by zero."),
    "no_such_key": ("映射里没有这个键。", "The map has no such key."),
    "bad_index": ("列表没有这一项。", "The list has no such element."),
    "range": ("超出可表示的范围。", "Out of range."),
    "not_a_number": ("这段文字不是数。", "The text is not a number."),
    "not_a_bool": ("这段文字不是真或假。", "The text is neither true nor false."),
    "not_a_date": ("不是日期，应如 2026-03-01。", "Not a date such as 2026-03-01."),
    "not_a_timestamp": ("不是时刻，应如 2026-03-01T08:00:00+08:00。", "Not an RFC 3339 timestamp."),
    "not_a_duration": ("不是时长，应如 90m 或 1h30m。", "Not a duration such as 90m."),
    "not_a_zone": ("没有这个时区。", "No such time zone."),
    "duplicate_key": ("映射里有两个相同的键。", "A key occurs twice in the map."),
    "no_such_overload": ("这里不能用这种类型的值。", "No such overload for these values."),
    "not_given": ("没有这个数据。", "No such datum."),
    "too_much_work": ("要判断的项太多，已停止。", "Too many elements to go through; stopped."),
    "too_long_value": ("文字或列表太长。", "The text or list is too long."),
    "wrong_data": ("有数据不是声明的类型。", "A datum is not of its declared type."),
    "wrong_datum": ("数据“{0}”应是{1}。", "The datum “{0}” should be {1}."),
}


def words(kind: str, *about: object) -> tuple[str, str]:
    """(Chinese, English) of `kind`."""
    zh, en = _TEXTS[kind]
    return zh.format(*about), en.format(*about)


class RuleError(Refused):
    """规则有错: what is wrong in the source of a rule, and where (`span`)."""

    def __init__(self, kind: str, span: Span, *about: object) -> None:
        super().__init__(kind, *words(kind, *about))
        self.kind, self.span = kind, span

    def pointed(self, source: str) -> str:
        """Both sentences and the line that is meant, with the place underlined."""
        start = min(self.span.start, len(source))
        first = source.rfind("\n", 0, start) + 1
        last = source.find("\n", start)
        line = "".join(c if c.isprintable() else " " for c in source[first : last if last >= 0 else None])
        # Chinese characters are two columns wide on a terminal; a full-width blank keeps the mark beneath.
        indent = "".join("\u3000" if ord(letter) > 0x2E7F else " " for letter in source[first:start])
        width = max(1, min(self.span.end, first + len(line)) - start)
        row = source.count("\n", 0, start) + 1
        return f"{row}:{start - first + 1} {self.zh} / {self.en}\n{line}\n{indent}{'^' * width}"
