"""办事指南: what is needed, how long it takes, what the law says, where to ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.catalogue.values import Basis, Dictionaries, Item
from banshi.desks.citizen import place, words
from banshi.directory import queries as directory
from banshi.ui.access import PUBLIC, access
from banshi.ui.parts import Row

# 事项类型, GB/T 39046-2020 A.1
TYPES = {
    "01": "行政许可",
    "05": "行政给付",
    "07": "行政确认",
    "08": "行政奖励",
    "10": "其他类别事项",
    "20": "公共服务事项",
}
CODES = {"basic": "基本编码", "implementation": "实施编码"}


@dataclass(frozen=True, slots=True)
class Paper:
    """要交的材料, as the guide explains it."""

    name: str
    issuer: str
    help: str
    when: str
    instead: str
    formats: str


@dataclass(frozen=True, slots=True)
class Article:
    """依据: one article, with its words where they are at hand."""

    title: str
    text: str


@access(PUBLIC)
@require_safe
def item(request: HttpRequest, code: str) -> HttpResponse:
    """单个事项的办事指南."""
    what = catalogue.get_item(code).definition
    dictionaries = catalogue.catalogue().dictionaries
    county = place.chosen(request)
    response = render(
        request,
        "citizen/item.html",
        {
            "item": what,
            "facts": facts(what),
            "papers": papers(what, dictionaries),
            "works": [
                (work.title, dictionaries.departments[work.department], words.limit(work.limit))
                for work in what.works
            ],
            "criteria": [(one, words.basis(one.basis)) for one in what.criteria],
            "at_once": catalogue.at_once(what),
            "articles": articles((*what.bases, *_other_bases(what), *(one.basis for one in what.criteria))),
            "official": official(what, dictionaries),
            "outcome": what.outcome,
            "bundles": [
                one for one in catalogue.catalogue().bundles.values() if _has(one.definition.items, code)
            ],
            **where(request, [what.department]),
        },
    )
    return place.remember(request, response, county)


@access(PUBLIC)
@require_safe
def bundle(request: HttpRequest, code: str) -> HttpResponse:
    """一件事的办事指南: which items it may come to, and who leads."""
    what = catalogue.get_bundle(code).definition
    current = catalogue.catalogue()
    listed = list(dict.fromkeys(part.item for part in what.items))
    always = {part.item for part in what.items if not part.when}
    response = render(
        request,
        "citizen/bundle.html",
        {
            "bundle": what,
            "items": [(current.items[one].definition, one in always) for one in listed],
            "departments": current.dictionaries.departments,
            "questions": [current.dictionaries.questions[one] for one in what.questions],
            "articles": articles(what.bases),
            **where(request, [what.lead]),
        },
    )
    return place.remember(request, response, place.chosen(request))


def facts(what: Item) -> list[Row]:
    """The answers that people look for first."""
    visits = gettext("不用跑，网上就能办完")
    if what.visits:
        visits = gettext("要到现场 %(count)s 次：%(why)s") % {"count": what.visits, "why": what.visit_reason}
    who = {"person": gettext("个人"), "enterprise": gettext("企业")}
    fees = "\n".join(
        gettext("%(name)s %(yuan)s 元，依据%(basis)s")
        % {"name": fee.name, "yuan": f"{fee.amount_fen / 100:g}", "basis": words.basis(fee.basis)}
        for fee in what.fees
    )
    return [
        Row(label=gettext("谁能办"), value="、".join(who[kind] for kind in what.applicants)),
        Row(label=gettext("多久办好"), value=how_long(what)),
        Row(label=gettext("要不要钱"), value=fees or gettext("不收费")),
        Row(label=gettext("要不要跑"), value=visits),
        Row(label=gettext("办好以后给您"), value=what.outcome.name or gettext("办理结果通知")),
    ]


def how_long(what: Item) -> str:
    promised = words.limit(what.promised)
    if what.instant:
        promised = gettext("当场办，最长%(limit)s") % {"limit": promised}
    lines = [gettext("承诺%(limit)s") % {"limit": promised}]
    if what.statutory:
        lines.append(gettext("法律规定不超过%(limit)s") % {"limit": words.limit(what.statutory)})
    return "\n".join(lines)


def papers(what: Item, dictionaries: Dictionaries) -> list[Paper]:
    """Every material that the item may ask for, and when it does."""
    titles = {situation.key: situation.title for situation in what.situations}
    found = []
    for need in what.materials:
        kind = dictionaries.materials[need.material]
        when = []
        if need.situations:
            named = "、".join(titles[one] for one in need.situations)
            when.append(gettext("%(situations)s的才要") % {"situations": named})
        if need.optional:
            when.append(gettext("没有可以不交"))
        if need.deferrable:
            when.append(gettext("可以后补"))
        certificate = dictionaries.certificates.get(kind.certificate)
        found.append(
            Paper(
                name=kind.name,
                issuer=kind.issuer,
                help="".join(part for part in (kind.help, need.note) if part),
                when="，".join(when),
                instead=certificate.name if certificate else "",
                formats="、".join("JPG" if one == "jpeg" else one.upper() for one in kind.formats),
            )
        )
    return found


def articles(bases: Iterable[Basis]) -> list[Article]:
    """Each article once, with its words."""
    return [Article(words.basis(one), catalogue.article_text(one)) for one in dict.fromkeys(bases)]


def official(what: Item, dictionaries: Dictionaries) -> list[Row]:
    """What clerks go by."""
    rows = [
        Row(label=gettext("正式名称"), value=what.name),
        Row(label=gettext("事项类型"), value=TYPES[what.type]),
        Row(label=gettext("办件类型"), value=gettext("即办件") if what.instant else gettext("承诺件")),
        Row(label=gettext("主管条线"), value=dictionaries.departments[what.department]),
    ]
    return rows + [Row(label=CODES.get(one.scheme, one.scheme), value=one.code) for one in what.codes]


def where(request: HttpRequest, departments: list[str]) -> dict[str, object]:
    """The offices to ask, in the county chosen."""
    county = place.chosen(request)
    offices = [office for one in departments for office in place.responsible(one, county)]
    halls = directory.list_halls(county.code) if county else []
    return {
        "county": county,
        "county_field": place.county_field(request, label=gettext("在哪里办")),
        "offices": offices,
        "halls": halls,
    }


def _other_bases(what: Item) -> tuple[Basis, ...]:
    fees = tuple(fee.basis for fee in what.fees)
    return (what.statutory.basis, *fees) if what.statutory and what.statutory.basis else fees


def _has(parts: Iterable[object], code: str) -> bool:
    return any(getattr(part, "item", "") == code for part in parts)
