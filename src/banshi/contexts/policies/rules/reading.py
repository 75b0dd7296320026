"""读政策文件: YAML into a library; each mistake is told with its file, line and column, and nothing is taken by halves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
import yaml

from banshi.contexts.policies.rules.compiled import Compiled, budget, names
from banshi.contexts.policies.values import Element, Library, Policy
from banshi.kernel.mistakes import Mistake
from banshi.kernel.rules import RuleError
from banshi.kernel.rules.types import read as read_type

ELEMENTS = "elements.yaml"


def read(texts: Mapping[str, str]) -> tuple[Library | None, list[Mistake]]:
    """The library of these files (name → text), or what is wrong with them."""
    wrong: list[Mistake] = []
    elements = _elements(texts.get(ELEMENTS, ""), wrong)
    policies: dict[str, Policy] = {}
    places: dict[str, tuple[str, yaml.Node]] = {}
    for file, text in sorted(texts.items()):
        if file != ELEMENTS:
            for node, value in _entries(file, text, wrong):
                policy = _policy(file, node, value, wrong)
                if policy is None:
                    continue
                if policy.code in policies:
                    code = policy.code
                    wrong.append(_at(file, _child(node, "code"), f"{code} 用了两次", f"{code} is used twice"))
                policies[policy.code] = policy
                places[policy.code] = file, node
                if elements is not None:
                    _rules(file, node, policy, elements, wrong)
    for code, (file, node) in places.items():
        for other in policies[code].excludes:
            if other not in policies:
                wrong.append(
                    _at(file, _child(node, "excludes"), f"没有政策 {other}", f"there is no policy {other}")
                )
    if wrong or elements is None:
        return None, sorted(wrong)
    return Library(policies, elements), []


def _elements(text: str, wrong: list[Mistake]) -> dict[str, Element] | None:
    before = len(wrong)
    root, values = _load(ELEMENTS, text, wrong)
    if not isinstance(root, yaml.MappingNode):
        if len(wrong) == before:
            wrong.append(Mistake(ELEMENTS, 1, 1, "应是键和数据项", "expected keys and data elements"))
        return None
    found = {}
    for key, node in root.value:
        try:
            one = msgspec.convert(values[key.value], Element)
            read_type(one.type)
            found[key.value] = one
        except (msgspec.ValidationError, ValueError) as error:
            wrong.append(_at(ELEMENTS, node, f"数据项 {key.value} 不对：{error}", f"{key.value}: {error}"))
    return None if len(wrong) > before else found


def _entries(file: str, text: str, wrong: list[Mistake]) -> list[tuple[yaml.Node, Any]]:
    before = len(wrong)
    root, values = _load(file, text, wrong)
    if isinstance(root, yaml.SequenceNode):
        return list(zip(root.value, values, strict=True))
    if len(wrong) == before and root is not None:
        wrong.append(_at(file, root, "应是政策的列表", "expected a list of policies"))
    return []


def _load(file: str, text: str, wrong: list[Mistake]) -> tuple[yaml.Node | None, Any]:
    try:
        return yaml.compose(text, yaml.SafeLoader), yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        wrong.append(Mistake(file, *place, f"不是 YAML：{error.problem}", f"not YAML: {error.problem}"))
    except yaml.YAMLError as error:
        wrong.append(Mistake(file, 1, 1, f"不是 YAML：{error}", f"not YAML: {error}"))
    return None, None


def _policy(file: str, node: yaml.Node, value: Any, wrong: list[Mistake]) -> Policy | None:
    try:
        policy = msgspec.convert(value, Policy)
    except msgspec.ValidationError as error:
        wrong.append(
            _at(file, _path(node, str(error)), f"写法不对：{error}", f"not as it should be: {error}")
        )
        return None
    problems = {
        "conditions": not policy.conditions,
        "region": len(policy.region) != 6 or not policy.region.isdecimal(),
        "subject": policy.subject not in ("person", "enterprise"),
        "repeat": policy.repeat not in ("", "month", "year"),
        "until_on": policy.until_on is not None and policy.until_on < policy.from_on,
        "number": not policy.number and "number" not in policy.unverified,
    }
    words = {
        "conditions": ("至少要有一项条件", "at least one condition is needed"),
        "region": ("区划代码应是6位数字", "a region has six digits"),
        "subject": ("对象应是 person 或 enterprise", "the subject is person or enterprise"),
        "repeat": ("再次申领的周期应是 month 或 year", "it repeats by month or year"),
        "until_on": ("结束日早于开始日", "it ends before it begins"),
        "number": ("没有文号的要在 unverified 里写明", "without a number it has to be marked unverified"),
    }
    for key, bad in problems.items():
        if bad:
            wrong.append(_at(file, _child(node, key), *words[key]))
    return policy


def _rules(
    file: str, node: yaml.Node, policy: Policy, elements: Mapping[str, Element], wrong: list[Mistake]
) -> None:
    """Each rule is tried by itself, so that every mistake is told at once."""
    known = names(elements)
    conditions = _child(node, "conditions")
    for index, one in enumerate(policy.conditions):
        place = _child(conditions.value[index], "rule")
        alone = msgspec.structs.replace(
            policy, conditions=(one,), benefit=msgspec.structs.replace(policy.benefit, amount="")
        )
        _try(file, place, one.rule, lambda alone=alone: Compiled.of(alone, known), wrong)
    none = msgspec.structs.replace(policy, conditions=())
    amount = _child(_child(node, "benefit"), "amount")
    _try(file, amount, policy.benefit.amount, lambda: Compiled.of(none, known), wrong)
    _try(file, _child(node, "budget"), policy.budget, lambda: budget(policy), wrong)


def _try(file: str, node: yaml.Node, source: str, run: Any, wrong: list[Mistake]) -> None:
    try:
        run()
    except RuleError as error:
        place = _at(file, node, f"规则 {source}：{error.zh}", f"rule {source}: {error.en}")
        # The span counts within a scalar that is written on one line, after its quotes.
        within = error.span.start + (1 if getattr(node, "style", None) in ("'", '"') else 0)
        one_line = node.start_mark.line == node.end_mark.line
        wrong.append(replace(place, column=place.column + (within if one_line else 0)))


def _at(file: str, node: yaml.Node, zh: str, en: str) -> Mistake:
    return Mistake(file, node.start_mark.line + 1, node.start_mark.column + 1, zh, en)


def _child(node: yaml.Node, key: str) -> yaml.Node:
    """The value under a key; the node itself where there is none."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key:
                return value  # type: ignore[no-any-return]
    return node


def _path(node: yaml.Node, message: str) -> yaml.Node:
    """The node that msgspec's message means: “… - at `$.conditions[1].rule`”."""
    path = message.rpartition("`$")[2].rstrip("`") if "`$" in message else ""
    for part in path.replace("[", ".[").split("."):
        if part.startswith("[") and isinstance(node, yaml.SequenceNode) and part[1:-1].isdecimal():
            node = node.value[int(part[1:-1])]
        elif part:
            node = _child(node, part)
    return node
