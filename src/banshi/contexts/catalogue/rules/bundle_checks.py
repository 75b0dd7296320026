"""一件事校验: whether the items of a bundle fit together, whatever is answered."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import product

from banshi.contexts.catalogue.rules.answers import Answers, asked, items_of
from banshi.contexts.catalogue.rules.item_checks import CODE, check_topics
from banshi.contexts.catalogue.rules.laws import Laws
from banshi.contexts.catalogue.rules.limit_checks import natural_days
from banshi.contexts.catalogue.rules.notes import Note, check_bases, check_condition, check_wording, refer
from banshi.contexts.catalogue.values import Bundle, Catalogue, Dictionaries

MOST_QUESTIONS = 10  # 潍坊: five to ten multiple-choice questions


def check_bundle(bundle: Bundle, catalogue: Catalogue, laws: Laws) -> Iterator[Note]:
    """All that can be said of one bundle."""
    known = catalogue.dictionaries
    if not CODE.match(bundle.code):
        yield Note(("code",), "code 只能用小写字母、数字和 -", "code takes small letters, digits and - only")
    if not bundle.bases:
        yield Note(("bases",), "要写设定依据", "the legal basis is missing")
    if not bundle.applicants:
        yield Note(("applicants",), "要写服务对象", "the kinds of applicant are missing")
    yield from refer(("lead",), bundle.lead, known.departments, "部门", "department")
    yield from check_topics(bundle.topics, bundle.applicants, known)
    yield from check_bases(((("bases", index), basis) for index, basis in enumerate(bundle.bases)), laws)
    yield from check_wording(bundle)
    broken = list(_parts(bundle, catalogue))
    yield from broken
    if not broken:
        yield from _together(bundle, catalogue)


def paths(bundle: Bundle, known: Dictionaries) -> Iterator[Answers]:
    """Every way to answer the questions that decide which items the bundle has."""
    deciding = [
        question for question in bundle.questions if any(question in part.when for part in bundle.items)
    ]
    choices = [[choice.key for choice in known.questions[question].choices] for question in deciding]
    for taken in product(*choices):
        yield dict(zip(deciding, taken, strict=True))


def _parts(bundle: Bundle, catalogue: Catalogue) -> Iterator[Note]:
    questions = catalogue.dictionaries.questions
    for index, question in enumerate(bundle.questions):
        yield from refer(("questions", index), question, questions, "问题", "question")
    seen = []
    for index, part in enumerate(bundle.items):
        yield from refer(("items", index, "item"), part.item, catalogue.items, "事项", "item")
        yield from check_condition(("items", index, "when"), part.when, questions, bundle.questions)
        if part in seen:
            yield Note(("items", index, "item"), f"{part.item} 写了两次", f"{part.item} is listed twice")
        seen.append(part)
    if len({part.item for part in bundle.items}) < 2:
        yield Note(("items",), "一件事至少要有两个事项", "a bundle has two items at least")


def _together(bundle: Bundle, catalogue: Catalogue) -> Iterator[Note]:
    codes = tuple(dict.fromkeys(part.item for part in bundle.items))
    everything = asked(bundle.questions, *(catalogue.items[code].questions for code in codes))
    if len(everything) > MOST_QUESTIONS:
        yield Note(
            ("questions",),
            f"合起来要问 {len(everything)} 个问题，最多 {MOST_QUESTIONS} 个",
            f"{len(everything)} questions in all; at most {MOST_QUESTIONS}",
        )
    yield from _issued_in_order(codes, catalogue)
    yield from _promised(bundle, codes, catalogue)
    served: set[str] = set()
    for answers in paths(bundle, catalogue.dictionaries):
        chosen = items_of(bundle, answers)
        how = "、".join(f"{question}={choice}" for question, choice in answers.items())
        if not chosen:
            yield Note(("items",), f"这样回答一个事项也没有：{how}", f"no item is left when {how}")
            continue
        accepted = set(bundle.applicants).intersection(*(catalogue.items[code].applicants for code in chosen))
        served |= accepted
        if not accepted:
            yield Note(("applicants",), f"这样回答没有人能申请：{how}", f"nobody may apply when {how}")
    for index, kind in enumerate(bundle.applicants):
        if kind not in served:
            yield Note(
                ("applicants", index),
                f"{kind} 哪样回答都办不了",
                f"whatever is answered, this kind cannot apply ({kind})",
            )


def _promised(bundle: Bundle, codes: tuple[str, ...], catalogue: Catalogue) -> Iterator[Note]:
    """That the whole is not promised sooner than one of its items."""
    if bundle.promised is None:
        return
    longest = max((catalogue.items[code] for code in codes), key=lambda item: natural_days(item.promised))
    if natural_days(bundle.promised) < natural_days(longest.promised):
        yield Note(
            ("promised",),
            f"整件事的承诺比其中的“{longest.name}”还短",
            f"the whole is promised sooner than {longest.code}",
        )


def _issued_in_order(codes: tuple[str, ...], catalogue: Catalogue) -> Iterator[Note]:
    """That no items wait in a ring for the certificates that stand in for their materials."""
    materials = catalogue.dictionaries.materials
    issuers: dict[str, set[str]] = {}
    for code in codes:
        issuers.setdefault(catalogue.items[code].outcome.certificate, set()).add(code)
    waits = {
        code: {
            issuer
            for need in catalogue.items[code].materials
            if need.material in materials and materials[need.material].certificate
            for issuer in issuers.get(materials[need.material].certificate, ())
            if issuer != code
        }
        for code in codes
    }
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as cycle:
        loop = " → ".join(reversed(cycle.args[1]))
        yield Note(
            ("items",), f"事项互相等对方的证照：{loop}", f"items wait for each other's certificate: {loop}"
        )
