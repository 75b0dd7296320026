"""事项校验: whether one item is complete and consistent with the dictionaries.

Sources: licensing law arts. 36, 46, 47, 50, 78; the State Council's rules on online government services art. 6;
the consistency rules that Wenzhou ran over its items.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from banshi.contexts.catalogue.rules.criterion_checks import check_criteria
from banshi.contexts.catalogue.rules.laws import Laws
from banshi.contexts.catalogue.rules.limit_checks import LICENCE, check_limits
from banshi.contexts.catalogue.rules.notes import (
    Note,
    Path,
    check_bases,
    check_condition,
    check_wording,
    once,
    refer,
)
from banshi.contexts.catalogue.rules.work_checks import check_works
from banshi.contexts.catalogue.values import Basis, Dictionaries, Item, Limit
from banshi.kernel.elements import ANSWER
from banshi.kernel.ids import BadId, BasicCode, ImplementationCode
from banshi.kernel.rules import Names

KEY = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
CODE = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")  # it stands in addresses


def check_item(item: Item, known: Dictionaries, laws: Laws, names: Names) -> Iterator[Note]:
    """All that can be said of one item by itself. `names`: what the rules of its criteria may ask for."""
    yield from _codes(item)
    yield from _references(item, known)
    yield from _situations(item, known)
    yield from check_works(item, known)
    yield from check_criteria(item, known, names)
    yield from check_limits(item, laws)
    yield from _outcome(item, known)
    yield from _procedure(item, known)
    yield from _guide(item, known)
    yield from check_bases(bases_of(item), laws)
    yield from check_wording(item)


def bases_of(item: Item) -> Iterator[tuple[Path, Basis]]:
    """Every article the item cites, and where."""
    yield from ((("bases", index), basis) for index, basis in enumerate(item.bases))
    limits: list[tuple[Path, Limit]] = [(("promised",), item.promised)]
    limits += [(("statutory",), item.statutory)] if item.statutory else []
    limits += [(("works", index, "limit"), work.limit) for index, work in enumerate(item.works)]
    yield from (((*path, "basis"), limit.basis) for path, limit in limits if limit.basis)
    yield from ((("fees", index, "basis"), fee.basis) for index, fee in enumerate(item.fees))
    yield from ((("criteria", index, "basis"), one.basis) for index, one in enumerate(item.criteria))


def _codes(item: Item) -> Iterator[Note]:
    if not CODE.match(item.code):
        yield Note(("code",), "code 只能用小写字母、数字和 -", "code takes small letters, digits and - only")
    for index, code in enumerate(item.codes):
        path: Path = ("codes", index, "code")
        try:
            if code.scheme == "basic":
                basic = BasicCode.parse(code.code)
            elif code.scheme == "implementation":
                basic = ImplementationCode.parse(code.code).basic
            else:
                continue
        except BadId as bad:
            yield Note(path, bad.zh.rstrip("。"), bad.en.rstrip("."))
            continue
        if basic.kind not in (item.type, "99"):
            yield Note(
                path,
                f"编码第 3、4 位是 {basic.kind}，事项类型是 {item.type}",
                f"the code says type {basic.kind}, the item says {item.type}",
            )


def _references(item: Item, known: Dictionaries) -> Iterator[Note]:
    yield from refer(("department",), item.department, known.departments, "部门", "department")
    for index, part in enumerate(item.elements):
        yield from refer(("elements", index, "element"), part.element, known.elements, "数据元", "element")
    for index, need in enumerate(item.materials):
        yield from refer(("materials", index, "material"), need.material, known.materials, "材料", "material")
        if need.copies < 1:
            yield Note(("materials", index, "copies"), "份数至少是 1", "copies must be at least 1")
    for index, question in enumerate(item.questions):
        yield from refer(("questions", index), question, known.questions, "问题", "question")
    yield from once(("elements",), (part.element for part in item.elements), "element")
    yield from once(("materials",), (need.material for need in item.materials), "material")
    yield from once(("questions",), item.questions)


def _situations(item: Item, known: Dictionaries) -> Iterator[Note]:
    keys = {situation.key for situation in item.situations}
    used: set[str] = set()
    parts: list[tuple[Path, tuple[str, ...]]] = [
        *((("elements", index), part.situations) for index, part in enumerate(item.elements)),
        *((("materials", index), need.situations) for index, need in enumerate(item.materials)),
        *((("works", index), work.situations) for index, work in enumerate(item.works)),
        *((("criteria", index), one.situations) for index, one in enumerate(item.criteria)),
    ]
    for place, named in parts:
        for position, key in enumerate(named):
            yield from refer((*place, "situations", position), key, keys, "情形", "situation")
        used.update(named)
    yield from once(("situations",), (situation.key for situation in item.situations), "key")
    for number, situation in enumerate(item.situations):
        path: Path = ("situations", number)
        if not KEY.match(situation.key):
            yield Note(
                (*path, "key"), "情形的 key 只能用小写字母、数字和 _", "a situation's key is snake_case"
            )
        if not situation.when:
            yield Note((*path, "when"), "情形要写明什么时候成立", "a situation needs a condition")
        yield from check_condition((*path, "when"), situation.when, known.questions, item.questions)
        if situation.key not in used:
            yield Note(
                (*path, "key"), f"情形 {situation.key} 没有用到", f"{situation.key} is never used", True
            )
    filled = [known.elements[part.element].fill for part in item.elements if part.element in known.elements]
    needed = {question for situation in item.situations for question in situation.when}
    needed |= {question for fills in filled for fill in fills for question in fill.when}
    needed |= {
        question for question in item.questions for one in item.criteria if ANSWER + question in one.rule
    }
    for number, question in enumerate(item.questions):
        if question not in needed:
            yield Note(
                ("questions", number),
                f"问题 {question} 问了没有用",
                f"the answer to {question} changes nothing",
                True,
            )


def _outcome(item: Item, known: Dictionaries) -> Iterator[Note]:
    outcome = item.outcome
    if outcome.kind == "certificate":
        yield from refer(
            ("outcome", "certificate"),
            outcome.certificate,
            known.certificates,
            "证照类型",
            "certificate type",
        )
        for index, element in enumerate(outcome.shows):
            if element not in {part.element for part in item.elements}:
                yield Note(
                    ("outcome", "shows", index),
                    f"证上要写“{element}”，表单里却没有这一项",
                    f"the certificate states '{element}', which the form does not ask",
                )
    elif outcome.certificate:
        yield Note(
            ("outcome", "certificate"), "不出证的事项不写 certificate", "no certificate is issued here"
        )
    if (outcome.kind == "none") == bool(outcome.name):
        yield Note(("outcome",), "出证、出文要写结果名称，无结果的不写", "a name, where there is an outcome")
    if outcome.name.endswith("证") and not outcome.name.endswith("凭证") and outcome.kind != "certificate":
        yield Note(
            ("outcome", "kind"), "结果名称是证，类型应为 certificate", "an outcome named 证 is a certificate"
        )
    if outcome.name.endswith(("文", "批复", "通知书", "决定书")) and outcome.kind != "document":
        yield Note(
            ("outcome", "kind"), "结果名称是文书，类型应为 document", "an outcome so named is a document"
        )


def _procedure(item: Item, known: Dictionaries) -> Iterator[Note]:
    """What the licensing law knows of permits alone; and that what is renewed is a certificate that ends."""
    named = {
        "joint": item.joint, "safety": item.safety, "hearing": item.hearing, "interested": item.interested,
        "renewable": item.renewable,
    }  # fmt: skip
    if item.type != LICENCE:
        for field in (key for key, value in named.items() if value):
            yield Note(
                (field,),
                f"{field} 只用于行政许可（行政许可法）",
                f"{field} is for licences only (licensing law)",
            )
    if item.hearing and item.instant:
        yield Note(("hearing",), "要听证的不是即办件", "an item with a hearing is not instant")
    certificate = known.certificates.get(item.outcome.certificate)
    if item.renewable and (certificate is None or certificate.valid_months == 0):
        yield Note(
            ("renewable",),
            "延续的是有有效期的证照",
            "what is renewed is a certificate that is valid for a time",
        )


def _guide(item: Item, known: Dictionaries) -> Iterator[Note]:
    if not item.bases:
        yield Note(("bases",), "要写设定依据", "the legal basis is missing")
    if not item.conditions:
        yield Note(("conditions",), "要写受理条件", "the conditions are missing")
    if not item.applicants:
        yield Note(("applicants",), "要写服务对象", "the kinds of applicant are missing")
    if item.type == LICENCE and not item.faqs:
        yield Note(
            ("faqs",), "行政许可至少要有一个常见问题", "a licence needs at least one frequent question"
        )
    if (item.visits != 0) != bool(item.visit_reason):
        yield Note(
            ("visits",),
            "要到现场的写明原因（visit_reason），不用到现场的不写",
            "visits need a visit_reason, and no visits need none",
        )
    yield from check_topics(item.topics, item.applicants, known)


def check_topics(topics: tuple[str, ...], applicants: tuple[str, ...], known: Dictionaries) -> Iterator[Note]:
    """That each topic is looked under by its applicants, and each kind of applicant finds it under one."""
    for index, topic in enumerate(topics):
        yield from refer(("topics", index), topic, known.topics, "主题", "topic")
        if topic in known.topics and not set(known.topics[topic]) & set(applicants):
            yield Note(
                ("topics", index),
                f"主题 {topic} 不是这类服务对象的",
                f"{topic} is not a topic of these applicants",
            )
    for kind in applicants:
        if not any(kind in known.topics.get(topic, ()) for topic in topics):
            yield Note(
                ("topics",), f"{kind} 找不到它：缺主题分类", f"no topic under which it is found ({kind})"
            )
