"""目录校验: a whole catalogue, checked before a word of it is published."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from banshi.contexts.catalogue.rules.bundle_checks import check_bundle
from banshi.contexts.catalogue.rules.criteria import names_of
from banshi.contexts.catalogue.rules.criterion_checks import certificates_of
from banshi.contexts.catalogue.rules.form_checks import check_forms, stated
from banshi.contexts.catalogue.rules.item_checks import KEY, bases_of, check_item
from banshi.contexts.catalogue.rules.laws import Laws
from banshi.contexts.catalogue.rules.limit_checks import check_ceilings
from banshi.contexts.catalogue.rules.notes import Note, Path, check_condition, check_wording, once, refer
from banshi.contexts.catalogue.values import (
    Basis,
    Catalogue,
    Ceiling,
    CertificateType,
    Choice,
    Dictionaries,
    Element,
    Known,
    Question,
)
from banshi.kernel.ids import BadId, parse_uscc

MATERIAL = re.compile(r"^M(-[A-Z0-9]+)+$")
CERTIFICATE = re.compile(
    r"^[0-9A-Z]{18}\d{3}$"
)  # GB/T 36904: its authority's code, and a serial of three digits
SOURCES = frozenset(
    [f"person.{field}" for field in ("name", "resident_id", "phone", "address", "sex", "birth_on", "region")]
    + [
        f"enterprise.{field}"
        for field in ("name", "uscc", "address", "legal_person", "legal_person_id", "phone")
    ]
    + ["enterprise.business_scope", "enterprise.capital_fen", "earlier"]
    + [
        f"register.{field}"
        for field in ("name", "uscc", "address", "legal_person", "legal_person_id", "phone", "business_scope")
    ]
    + ["register.capital_fen", "register.square_metres", "register.floor"]
)


@dataclass(frozen=True)
class Finding:
    """发现的问题: `source` is a file without its ending (`items/passport`), `path` the place in it."""

    source: str
    path: Path
    zh: str
    en: str
    warning: bool = False


def check(catalogue: Catalogue, laws: Laws, ceilings: tuple[Ceiling, ...] = ()) -> tuple[Finding, ...]:
    """All that is wrong with the catalogue (or, as a warning, idle in it), for a place with these ceilings."""
    known = catalogue.dictionaries
    found = [
        *_from("elements", _elements(known)),
        *_from("elements", check_forms(known)),
        *_from("materials", _materials(known)),
        *_from("questions", _questions(known)),
        *_from("certificates", _certificates(known)),
        *_from("topics", _topics(known)),
    ]
    names = names_of(known)
    for code, item in catalogue.items.items():
        found += _from(f"items/{code}", check_item(item, known, laws, names))
        found += _from(f"items/{code}", check_ceilings(item, ceilings))
    for code, bundle in catalogue.bundles.items():
        found += _from(f"bundles/{code}", check_bundle(bundle, catalogue, laws))
    return (*found, *_mutual(catalogue), *_unused(catalogue))


def unverified(catalogue: Catalogue) -> tuple[Basis, ...]:
    """未核: every place where an article is cited whose text is not at hand."""
    cited = [basis for item in catalogue.items.values() for _, basis in bases_of(item)]
    cited += [basis for bundle in catalogue.bundles.values() for basis in bundle.bases]
    return tuple(basis for basis in cited if basis.unverified)


def _mutual(catalogue: Catalogue) -> Iterator[Finding]:
    """互为前置: items of which nobody can get the first certificate, since each asks for another's.

    Counted is what is always asked for. A certificate that no item of the catalogue issues comes from elsewhere;
    one of the kind that the item itself issues is an older one, or somebody else's.
    """
    types = catalogue.dictionaries.materials
    issued = {item.outcome.certificate for item in catalogue.items.values()} - {""}
    asked = {
        code: {
            certificate
            for need in item.materials
            if not (need.situations or need.optional or need.deferrable) and need.material in types
            if (certificate := types[need.material].certificate) in issued - {item.outcome.certificate}
        }
        for code, item in catalogue.items.items()
    }
    within_reach: set[str] = set()
    while (
        more := {
            catalogue.items[code].outcome.certificate
            for code, needs in asked.items()
            if needs <= within_reach
        }
        - within_reach
    ):
        within_reach |= more
    for code, needs in asked.items():
        for certificate in sorted(needs - within_reach):
            others = "、".join(
                other for other, item in catalogue.items.items() if item.outcome.certificate == certificate
            )
            yield Finding(
                f"items/{code}",
                ("materials",),
                f"互为前置：要先有“{catalogue.dictionaries.certificates[certificate].name}”，而发它的事项（{others}）又要先有别的证，没有一个能先办",
                f"mutual precondition: it asks for {certificate}, which cannot be had first ({others})",
            )


def _from(source: str, notes: Iterable[Note]) -> Iterator[Finding]:
    return (Finding(source, *note) for note in notes)


def _elements(known: Dictionaries) -> Iterator[Note]:
    sections = {section.key for section in known.sections}
    yield from once(("sections",), (section.key for section in known.sections), "key")
    for key, element in known.elements.items():
        path: Path = ("elements", key)
        yield from _key(path, key)
        yield from refer((*path, "section"), element.section, sections, "分组", "section")
        yield from _element(path, element, known)


def _element(path: Path, element: Element, known: Dictionaries) -> Iterator[Note]:
    if (element.kind == "choice") != bool(element.choices):
        yield Note(
            path, "choice 要列选项，别的类型不列", "choices belong to the kind choice, and to it alone"
        )
    if element.kind == "choice":
        yield from _choices((*path, "choices"), element.choices)
    if element.kind != "date" and (element.past_only or element.earliest_years_ago is not None):
        yield Note(path, "past_only、earliest_years_ago 只用于日期", "only a date may be limited to the past")
    for index, fill in enumerate(element.fill):
        here: Path = (*path, "fill", index)
        sources = SOURCES | {fill.source} if stated(fill.source, known) else SOURCES
        yield from refer((*here, "source"), fill.source, sources, "可自动填写的来源", "source to fill from")
        yield from check_condition((*here, "when"), fill.when, known.questions, known.questions)


def _materials(known: Dictionaries) -> Iterator[Note]:
    for code, material in known.materials.items():
        if not MATERIAL.match(code):
            yield Note(
                (code,), "材料编码写成 M-ID-PERSON 这样", "a material's code is written like M-ID-PERSON"
            )
        if material.certificate:
            yield from refer(
                (code, "certificate"),
                material.certificate,
                known.certificates,
                "证照类型",
                "certificate type",
            )
        if not material.formats:
            yield Note((code, "formats"), "至少要能上传一种格式", "at least one format must be allowed")
        yield from (note._replace(path=(code, *note.path)) for note in check_wording(material))


def _questions(known: Dictionaries) -> Iterator[Note]:
    for key, question in known.questions.items():
        yield from _key((key,), key)
        yield from _choices((key, "choices"), question.choices)
        for index, source in enumerate(question.known):
            yield from _known((key, "known", index), source, question, known)


def _known(path: Path, source: Known, question: Question, known: Dictionaries) -> Iterator[Note]:
    facts = {one for one in SOURCES if not one.startswith("register.")} | {
        f"certificate.{key}" for key in known.certificates
    }
    yield from refer(
        (*path, "fact"), source.fact, facts, "能回答问题的已知情况", "fact that answers a question"
    )
    choices = {choice.key for choice in question.choices}
    for fact, key in source.gives.items():
        yield from refer((*path, "gives", fact), key, choices, "选项", "choice")
    if not source.gives and source.fact != "earlier":
        yield Note(
            path, "要用 gives 写明已知情况是哪个选项", "gives has to say which choice the fact comes to"
        )


def _choices(path: Path, choices: tuple[Choice, ...]) -> Iterator[Note]:
    if len(choices) < 2:
        yield Note(path, "至少要有两个选项", "there must be two choices at least")
    yield from once(path, (choice.key for choice in choices), "key")
    for index, choice in enumerate(choices):
        yield from _key((*path, index, "key"), choice.key)


def _key(path: Path, key: str) -> Iterator[Note]:
    if not KEY.match(key):
        yield Note(path, f"{key} 只能用小写字母、数字和 _", f"{key} must be snake_case")


def _certificates(known: Dictionaries) -> Iterator[Note]:
    numbers: dict[str, str] = {}
    for key, certificate in known.certificates.items():
        yield from _key((key,), key)
        yield from _type_code((key, "code"), certificate)
        if (other := numbers.setdefault(certificate.code, key)) != key:
            yield Note((key, "code"), f"与 {other} 的代码相同", f"has the code of {other}")


def _type_code(path: Path, certificate: CertificateType) -> Iterator[Note]:
    try:
        if CERTIFICATE.match(certificate.code) and parse_uscc(certificate.code[:18]):
            return
        zh, en = (
            "证照类型代码是 21 位：统一社会信用代码加 3 位序号",
            "a type code is an authority's code and 3 digits",
        )
    except BadId as bad:
        zh, en = bad.zh.rstrip("。"), bad.en.rstrip(".")
    yield Note(path, zh, en)


def _topics(known: Dictionaries) -> Iterator[Note]:
    for topic, kinds in known.topics.items():
        if not kinds:
            yield Note((topic,), "要写明是谁的主题", "say whose topic it is")


def _unused(catalogue: Catalogue) -> Iterator[Finding]:
    known = catalogue.dictionaries
    items, bundles = catalogue.items.values(), catalogue.bundles.values()
    elements = {part.element for item in items for part in item.elements}
    materials = {need.material for item in items for need in item.materials}
    issued = {item.outcome.certificate for item in items}
    accepted = {known.materials[code].certificate for code in materials if code in known.materials}
    accepted |= {key for item in items for key in certificates_of(item)}
    asked = {question for item in items for question in item.questions}
    offices = {item.department for item in items} | {work.department for item in items for work in item.works}
    topics = {topic for item in items for topic in item.topics}
    entries: list[tuple[str, Iterable[str], set[str]]] = [
        ("materials", known.materials, materials),
        ("questions", known.questions, asked | {key for bundle in bundles for key in bundle.questions}),
        ("certificates", known.certificates, issued | accepted),
        ("departments", known.departments, offices | {bundle.lead for bundle in bundles}),
        ("topics", known.topics, topics | {topic for bundle in bundles for topic in bundle.topics}),
    ]
    unused: list[tuple[str, Path]] = [
        *(("elements", ("elements", key)) for key in known.elements if key not in elements),
        *((source, (key,)) for source, keys, used in entries for key in keys if key not in used),
    ]
    sections = {known.elements[key].section for key in elements if key in known.elements}
    unused += [
        ("elements", ("sections", index, "key"))
        for index, section in enumerate(known.sections)
        if section.key not in sections
    ]
    for source, path in unused:
        yield Finding(source, path, "没有一处用到", "used nowhere", warning=True)
