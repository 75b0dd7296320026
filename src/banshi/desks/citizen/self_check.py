"""自己对照: an item's clauses against what somebody says of themselves, before they apply; and the same on the last page.

Nothing is kept. What was filled in goes along to the application in a sealed cookie, which lasts half an hour.
"""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from banshi.contexts.catalogue import queries as catalogue
from banshi.contexts.catalogue.queries import Judged
from banshi.contexts.catalogue.values import Item
from banshi.contexts.forms import queries as forms
from banshi.contexts.forms.values import Field as Asked
from banshi.contexts.forms.values import Settled
from banshi.contexts.intake import operations as intake
from banshi.desks.citizen import answers, people, place, words
from banshi.desks.citizen.people import acting
from banshi.desks.citizen.steps import see
from banshi.directory import queries as directory
from banshi.directory.values import PartyRef, RegionInfo
from banshi.flows import apply as flow
from banshi.flows import open_book
from banshi.infra import clock, crypto
from banshi.kernel.elements import ANSWER
from banshi.kernel.workdays import civil_day
from banshi.ui.access import PUBLIC, access
from banshi.ui.fields import Field, Option
from banshi.ui.parts import Row

COOKIE = "banshi_carried"
HALF_AN_HOUR = 1800
_MOST = 3800  # letters that a cookie surely holds


@dataclass(frozen=True, slots=True)
class Clause:
    """一条审批条件 as it is shown: how it stands, why, and by which article."""

    text: str
    light: str
    word: str
    why: str
    values: tuple[tuple[str, str], ...]
    basis: str
    proof: str


@dataclass(frozen=True, slots=True)
class _Stated:
    """What was said so far: the form it belongs to, the answers, and what is known of who is signed in."""

    what: flow.Target
    answers: Mapping[str, str]
    typed: Mapping[str, str]
    settled: Settled
    party: PartyRef | None
    today: date


@access(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
def self_check(request: HttpRequest, code: str) -> HttpResponse:
    """自查: a few fields, then clause by clause what holds, what fails and why, and what cannot be told yet."""
    what = flow.target("item", code)
    item = what.items[0][0]
    if not item.criteria:
        raise Http404
    stated, errors = _stated(request, what, item)
    act = request.POST.get("act", "") if request.method == "POST" and not errors else ""
    if act == "apply":
        response = see(reverse("citizen:apply_item", args=(code,)))
        return _carry(request, response, stated)
    seen = _look(stated, item, place.chosen(request))
    told = act == "look"
    content = {
        "item": item,
        "fields": _fields(stated, item, errors),
        "known": _known(request, stated, item),
        "problems": answers.problems(errors),
        "clauses": [clause(one) for one in seen.judged],
        "counts": {
            "fails": len(seen.of("fails")),
            "open": len(seen.of("unknown")) + len(seen.of("person")),
        },
        "told": told,
        "at_once": catalogue.at_once(item),
        "as_of": seen.as_of,
    }
    return render(request, "citizen/self_check.html", content, status=422 if errors else 200)


def looks(now: flow.Standing) -> list[tuple[str, list[Clause]]]:
    """For the last page of an application: of every item with clauses, how they stand with what is about to be submitted."""
    found, today = [], civil_day(clock.now())
    for pick in now.chosen:
        if pick.item.criteria:
            facts = open_book.known(
                pick.item,
                party=now.application.party,
                region=now.application.region,
                on=today,
                application=now.application,
            )
            seen = open_book.look(
                pick.item, pick.situations, now.settled.row, facts, today, zh=words.chinese()
            )
            found.append((pick.item.plain_name, [clause(one) for one in seen.judged]))
    return found


def clause(one: Judged) -> Clause:
    """In the words of the page."""
    light, word, why = {
        "holds": ("green", gettext("符合"), ""),
        "fails": ("red", gettext("不符合"), gettext("按下面的情况，这一条不符合。")),
        "unknown": ("yellow", gettext("还不能断定"), _missing(one)),
        "person": ("yellow", gettext("由工作人员看"), gettext("这一条由工作人员看材料判断。")),
    }[one.verdict]
    values = tuple((use.label, use.value) for use in open_book.values_of(one) if not use.missing)
    basis = words.basis(one.criterion.basis)
    return Clause(one.criterion.text, light, word, why, values, basis, one.criterion.proof)


def _missing(one: Judged) -> str:
    labels = [use.label for use in open_book.values_of(one) if use.missing]
    return gettext("缺少：%(what)s。") % {"what": "、".join(labels)} if labels else ""


# ---- what is asked, and what is known


def _stated(request: HttpRequest, what: flow.Target, item: Item) -> tuple[_Stated, dict[str, str]]:
    """What was typed, as far as it can be read; and what is wrong with it, by field. What is empty is not wrong."""
    today = civil_day(clock.now())
    given = {
        one.code: request.POST[one.code]
        for one in what.questions
        if request.POST.get(one.code) in {choice.key for choice in one.choices}
    }
    party = _party(request, what, today)
    known = directory.known_values(party.region_code, party.id) if party else {}

    def settle(typed: Mapping[str, str]) -> Settled:
        form = flow.form(what, flow.chosen(what, given), given)
        return forms.settle(form, typed, forms.prefill(form, known), given, today)

    settled = settle({})
    asked = _asked(settled, item)
    typed = {key: value for key, value in answers.read(asked, request.POST).items() if value}
    values, errors = answers.check([replace(one, required=False) for one in asked], typed, today)
    errors = {key: text for key, text in errors.items() if typed.get(key.partition(".")[0])}
    typed = {key: value for key, value in values.items() if key in typed and key not in errors}
    return _Stated(what, given, typed, settle(typed), party, today), errors


def _look(stated: _Stated, item: Item, county: RegionInfo | None) -> open_book.Look:
    region = county.code if county else directory.city_code()
    party = stated.party.id if stated.party else None
    facts = open_book.known(item, party=party, region=region, on=stated.today)
    situations = catalogue.situations_of(item, stated.answers)
    return open_book.look(item, situations, stated.settled.row, facts, stated.today, zh=words.chinese())


def _party(request: HttpRequest, what: flow.Target, today: date) -> PartyRef | None:
    """For whom it would be, where there is no choice."""
    actor = acting(request)
    found = people.fitting(people.subjects(actor, today), what.applicants) if actor.kind == "citizen" else []
    return found[0].party if len(found) == 1 else None


def _asked(settled: Settled, item: Item) -> list[Asked]:
    """The fields that the clauses look at, and those from which they follow."""
    wanted = catalogue.judge().needs(item)
    return [one for one in settled.form.fields if one.code in wanted and not one.computed]


def _fields(stated: _Stated, item: Item, errors: Mapping[str, str]) -> list[Field]:
    """The questions first; then what is not known."""
    wanted = catalogue.judge().needs(item)
    asked = [
        Field(
            name=one.code,
            label=one.text,
            kind="radios",
            hint=one.help,
            options=tuple(
                Option(value=choice.key, label=choice.text, hint=choice.help) for choice in one.choices
            ),
            value=stated.answers.get(one.code, ""),
            optional=True,
        )
        for one in stated.what.questions
        if ANSWER + one.code in wanted
    ]
    filled = stated.settled.filled
    rest = [
        replace(answers.field(one, stated.typed.get(one.code, ""), errors), optional=True)
        for one in _asked(stated.settled, item)
        if one.code not in filled or one.code in stated.typed
    ]
    return asked + rest


def _known(request: HttpRequest, stated: _Stated, item: Item) -> list[Row]:
    filled = stated.settled.filled
    return [
        Row(
            label=one.label,
            value=answers.shown(one, filled[one.code].value),
            source=people.source(filled[one.code].source, own=True),
        )
        for one in _asked(stated.settled, item)
        if one.code in filled and one.code not in stated.typed
    ]


# ---- carried along


class _Carried(msgspec.Struct, frozen=True):
    """带过去的内容 in the cookie."""

    item: str
    answers: dict[str, str]
    typed: dict[str, str]


def _carry(request: HttpRequest, response: HttpResponse, stated: _Stated) -> HttpResponse:
    """What was filled in, sealed; of too much the longest is left out."""
    typed = dict(stated.typed)
    while True:
        content = _Carried(stated.what.code, dict(stated.answers), typed)
        sealed = crypto.seal(zlib.compress(msgspec.json.encode(content)), COOKIE)
        text = urlsafe_b64encode(sealed).decode()
        if len(text) <= _MOST or not typed:
            break
        del typed[max(typed, key=lambda key: len(typed[key]))]
    response.set_cookie(
        COOKIE, text, max_age=HALF_AN_HOUR, secure=request.is_secure(), httponly=True, samesite="Lax"
    )
    return response


def carried(request: HttpRequest, what: flow.Target) -> tuple[dict[str, str], dict[str, str]] | None:
    """Answers and values that were filled in for this item; None where there are none, or the cookie is not ours."""
    text = request.COOKIES.get(COOKIE, "")
    if not text or len(text) > _MOST:
        return None
    try:
        content = zlib.decompress(crypto.unseal(urlsafe_b64decode(text), COOKIE))
        found = msgspec.json.decode(content, type=_Carried)
    except (crypto.KeyProblem, ValueError, IndexError, zlib.error, msgspec.MsgspecError):
        return None
    return (found.answers, found.typed) if what.kind == "item" and found.item == what.code else None


def hand_on(request: HttpRequest, what: flow.Target, region: str, id: UUID, at: datetime) -> None:
    """Into the draft that was just begun."""
    if found := carried(request, what):
        given, typed = found
        actor = acting(request)
        if given:
            intake.answer(region=region, id=id, answers=given, actor=actor, at=at)
        if typed:
            intake.save(region=region, id=id, values=typed, actor=actor, at=at)


def forget(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(COOKIE)
    return response
