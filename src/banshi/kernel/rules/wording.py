"""规则的话: a condition in words, Chinese or English, with the labels of the data-element dictionary.

A field of a record takes its label from the datum “key.field”, where one is declared. Values take the unit, or the labels of
the codes, of the datum that they are compared with; an amount in 分 is said in 元.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from banshi.kernel.rules.civil import duration_text, timestamp_text
from banshi.kernel.rules.tree import (
    And,
    Call,
    Const,
    Has,
    If,
    ListOf,
    Local,
    Loop,
    MapOf,
    Name,
    Node,
    Not,
    Or,
    Select,
)
from banshi.kernel.rules.types import Datum, Names
from banshi.kernel.rules.values import Duration, Timestamp

SHOWN = 5  # items of a list

# op -> (Chinese, English)
_SAID: dict[str, tuple[str, str]] = {
    "eq": ("{0}是{1}", "{0} is {1}"),
    "ne": ("{0}不是{1}", "{0} is not {1}"),
    "lt": ("{0}小于{1}", "{0} is less than {1}"),
    "le": ("{0}不超过{1}", "{0} is at most {1}"),
    "gt": ("{0}超过{1}", "{0} is more than {1}"),
    "ge": ("{0}不低于{1}", "{0} is at least {1}"),
    "lt date": ("{0}早于{1}", "{0} is before {1}"),
    "le date": ("{0}不晚于{1}", "{0} is no later than {1}"),
    "gt date": ("{0}晚于{1}", "{0} is after {1}"),
    "ge date": ("{0}不早于{1}", "{0} is no earlier than {1}"),
    "in_list": ("{0}属于{1}", "{0} is one of {1}"),
    "in_map": ("{1}里有{0}", "{1} has {0}"),
    "contains": ("{0}含有{1}", "{0} contains {1}"),
    "starts_with": ("{0}以{1}开头", "{0} starts with {1}"),
    "ends_with": ("{0}以{1}结尾", "{0} ends with {1}"),
    "matches": ("{0}符合格式{1}", "{0} has the form {1}"),
    "add": ("{0}加{1}", "{0} plus {1}"),
    "sub": ("{0}减{1}", "{0} minus {1}"),
    "mul": ("{0}乘以{1}", "{0} times {1}"),
    "div": ("{0}除以{1}", "{0} divided by {1}"),
    "mod": ("{0}除以{1}的余数", "{0} modulo {1}"),
    "neg": ("负的{0}", "minus {0}"),
    "add_string": ("{0}接{1}", "{0} followed by {1}"),
    "add_list": ("{0}和{1}", "{0} and {1}"),
    "add_date_days": ("{0}之后{1}天", "{1} days after {0}"),
    "sub_date_days": ("{0}之前{1}天", "{1} days before {0}"),
    "sub_date": ("从{1}到{0}的天数", "the days from {1} to {0}"),
    "years": ("从{0}到{1}的整年数", "the whole years from {0} to {1}"),
    "months": ("从{0}到{1}的整月数", "the whole months from {0} to {1}"),
    "year": ("{0}的年份", "the year of {0}"),
    "month": ("{0}的月份", "the month of {0}"),
    "day": ("{0}的日", "the day of {0}"),
    "size_string": ("{0}的字数", "the length of {0}"),
    "size_list": ("{0}的项数", "the number of {0}"),
    "size_map": ("{0}的项数", "the number of {0}"),
    "sum": ("{0}之和", "the sum of {0}"),
    "index": ("{0}[{1}]", "{0}[{1}]"),
    "int": ("{0}", "{0}"),
    "double": ("{0}", "{0}"),
    "string": ("{0}", "{0}"),
    "date": ("{0}", "{0}"),
    "all": ("{0}每一项都{1}", "every one of {0}: {1}"),
    "exists": ("{0}中有一项{1}", "some of {0}: {1}"),
    "exists_one": ("{0}中恰有一项{1}", "exactly one of {0}: {1}"),
    "filter": ("{0}中{1}的", "those of {0}: {1}"),
    "map": ("{0}各项的{1}", "{1} of each of {0}"),
    "map where": ("{0}中{2}的各项的{1}", "{1} of each of {0} where {2}"),
    "and": ("并且", " and "),
    "or": ("或者", " or "),
    "not": ("不满足“{0}”", "not “{0}”"),
    "if": ("如果{0}，则{1}，否则{2}", "if {0}, then {1}, else {2}"),
    "has": ("{0}里有“{1}”", "{0} has “{1}”"),
    "element": ("该项", "it"),
    "field": ("{0}的{1}", "{1} of {0}"),
    "true": ("是", "yes"),
    "false": ("否", "no"),
    "null": ("空", "nothing"),
    "missing": ("未知", "unknown"),
    "more": ("等{0}项", "… {0} in all"),
}
_PLAIN = frozenset("eq ne lt le gt ge".split())
_OF_THE_SAME = ("sum_", "index_", "neg_", "add_int", "add_double", "sub_int", "sub_double", "mul_", "div_")


class Wording:
    """说法: of one declared schema in one language (`zh` or English)."""

    def __init__(self, names: Names, *, zh: bool = True) -> None:
        self.names, self.place = names, 0 if zh else 1
        self.overs: dict[int, str] = {}  # level of a macro -> the datum that it runs over

    def said(self, key: str, *parts: str) -> str:
        return _SAID[key][self.place].format(*parts)

    def label(self, key: str) -> str:
        datum = self.names.get(key)
        return key if datum is None else datum.zh if self.place == 0 else datum.en or datum.zh

    def text(self, node: Node, beside: Datum | None = None) -> str:
        """In words. `beside`: the datum whose unit and codes a constant here is in."""
        match node:
            case Const():
                return self.value(node.value, beside, quoted=True)
            case Name():
                return self.label(node.key)
            case Local():
                return self.said("element")
            case ListOf():
                return "、".join(self.text(item, beside) for item in node.items) or self.said("null")
            case MapOf():
                return "、".join(f"{self.text(key)}：{self.text(value)}" for key, value in node.entries)
            case Select():
                return self.field(node)
            case Has():
                return self.said("has", self.text(node.operand), node.field)
            case And() | Or():
                join = self.said("and" if isinstance(node, And) else "or")
                return join.join(self.inner(term) for term in node.terms)
            case Not():
                return self.said("not", self.text(node.term))
            case If():
                parts = (
                    self.text(node.condition),
                    self.text(node.then, beside),
                    self.text(node.other, beside),
                )
                return self.said("if", *parts)
            case Loop():
                return self.loop(node)
            case Call():
                return self.call(node)

    def inner(self, node: Node) -> str:
        return f"（{self.text(node)}）" if isinstance(node, And | Or) else self.text(node)

    def source(self, node: Node) -> str:
        """The key of the datum whose elements, or which itself, `node` is; none: empty."""
        match node:
            case Name():
                return node.key
            case Local():
                return self.overs.get(node.level, "")
            case Call(op="index_list"):
                return self.source(node.args[0])
            case Loop(kind="filter"):
                return self.source(node.over)
        return ""

    def key(self, node: Select) -> str:
        """“members.age” of a field of a record that is a datum, or an element of one."""
        return f"{self.source(node.operand)}.{node.field}"

    def field(self, node: Select) -> str:
        label = self.label(self.key(node)) if self.key(node) in self.names else node.field
        return (
            label if isinstance(node.operand, Local) else self.said("field", self.text(node.operand), label)
        )

    def loop(self, node: Loop) -> str:
        self.overs[node.level] = self.source(node.over)
        over, body = self.text(node.over), self.text(node.body)
        if node.where is not None:
            return self.said("map where", over, body, self.text(node.where))
        return self.said(node.kind, over, body)

    def call(self, node: Call) -> str:
        beside = next((datum for arg in node.args if (datum := self.datum(arg))), None)
        if node.op in _PLAIN:
            parts = [self.text(arg, beside) for arg in node.args]
            key = (
                f"{node.op} date"
                if node.op[0] in "lg" and node.args[0].type.kind in ("date", "timestamp")
                else node.op
            )
            return self.said(key, *parts)
        verb, _, kind = node.op.partition("_")
        known = node.op if node.op in _SAID else verb
        if node.op == "in_list" or (verb in ("add", "sub") and kind in ("int", "double")):
            return self.said(known, *(self.text(arg, beside) for arg in node.args))
        parts = [self.text(arg) for arg in node.args]
        return self.said(known, *parts) if known in _SAID else f"{node.op}({', '.join(parts)})"

    def datum(self, node: Node) -> Datum | None:
        """Whose unit and codes the value of `node` has."""
        match node:
            case Name():
                return self.names.get(node.key)
            case Select():
                return self.names.get(self.key(node))
            case Local():
                return self.names.get(self.source(node))
            case Loop():
                self.overs[node.level] = self.source(node.over)
                return self.datum(node.body if node.kind == "map" else node.over)
            case Call() if node.op.startswith(_OF_THE_SAME):
                return self.datum(node.args[0])
        return None

    def value(self, value: Any, datum: Datum | None = None, *, quoted: bool = False, key: str = "") -> str:
        """A value as people write it. `key`: the datum that it is of, for the labels of its fields."""
        match value:
            case None:
                return self.said("null")
            case bool():
                return self.said("true" if value else "false")
            case str():
                if datum and value in datum.choices:
                    return datum.choices[value]
                return f"“{value}”" if quoted else value
            case int() if datum and datum.unit == "分":
                yuan, cents = divmod(abs(value), 100)
                return f"{'-' if value < 0 else ''}{yuan:,}{f'.{cents:02}' if cents else ''}元"
            case int() | float():
                number = f"{value:,.15g}" if isinstance(value, float) else f"{value:,}"
                return number + (datum.unit if datum else "")
            case Timestamp():
                return timestamp_text(value)
            case Duration():
                return duration_text(value)
            case date():
                return f"{value.year}年{value.month}月{value.day}日" if self.place == 0 else value.isoformat()
            case Mapping():
                fields = ((self.names.get(f"{key}.{name}"), name, one) for name, one in value.items())
                said = (
                    f"{self.label(f'{key}.{name}') if field else name} {self.value(one, field)}"
                    for field, name, one in fields
                )
                return "，".join(said)
        shown = "、".join(self.value(one, datum, key=key) for one in value[:SHOWN]) or self.said("null")
        return shown + self.said("more", str(len(value))) if len(value) > SHOWN else shown
