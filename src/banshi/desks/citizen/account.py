"""账号: register, sign in and out, one's own data and certificates."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banshi.desks.citizen import people, words
from banshi.desks.citizen.people import acting
from banshi.desks.citizen.steps import see
from banshi.directory import operations as directory
from banshi.directory import queries
from banshi.infra import audit, clock, sessions, throttle
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import civil_day
from banshi.ui.access import CITIZEN, PUBLIC, access
from banshi.ui.fields import Field, Option
from banshi.ui.masking import masked_id, masked_phone
from banshi.ui.parts import Problem, Row

AGREE = Option(value="yes", label=gettext_lazy("我看明白了，同意"))  # type: ignore[arg-type]


@access(PUBLIC)
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """登录."""
    if acting(request).kind == "citizen":
        return see(_next(request))
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            found = directory.authenticate_citizen(
                phone=request.POST.get("phone", ""),
                password=request.POST.get("password", ""),
                address=audit.address.get(),
                at=clock.now(),
            )
        except Refused as refused:
            problems = [Problem(text=words.told(refused), field="phone")]
        else:
            sessions.open_session(request, found.account)
            return see(_next(request))
    fields = [
        Field(name="phone", label=gettext("手机号"), kind="phone", value=request.POST.get("phone", "")),
        Field(name="password", label=gettext("密码"), kind="password"),
    ]
    return _form(request, "citizen/sign_in.html", fields, problems)


@access(PUBLIC)
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """注册: name, number, phone, password, and an agreement to what the data are used for."""
    if acting(request).kind == "citizen":
        return see(_next(request))
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            account = _register(request)
        except Refused as refused:
            problems = [words.problem(refused)]
        else:
            sessions.open_session(request, f"citizen:{account}")
            return see(_next(request, "citizen:me"))
    return _form(request, "citizen/register.html", _register_fields(request, problems), problems)


def _register(request: HttpRequest) -> UUID:
    if request.POST.get("agree") != "yes":
        raise Refused(
            "agreement",
            "请先看信息怎么用，同意后再注册。",
            "Read what the data are used for, and agree first.",
            "个人信息保护法第十三条",
            "agree",
        )
    at = clock.now()
    throttle.attempt((throttle.ADDRESS, f"register/{audit.address.get()}"), at=at)
    return directory.register_citizen(
        name=request.POST.get("name", ""),
        resident_id=request.POST.get("resident_id", ""),
        phone=request.POST.get("phone", ""),
        password=request.POST.get("password", ""),
        at=at,
        # The demo has no identity service to ask; everybody in it is invented.
        verified=settings.BANSHI.demo,
    )


def _register_fields(request: HttpRequest, problems: list[Problem]) -> list[Field]:
    errors = {one.field: one.text for one in problems}
    data = request.POST

    def field(name: str, label: str, kind: str = "text", hint: str = "", autocomplete: str = "") -> Field:
        value = "" if kind == "password" else data.get(name, "")
        return Field(
            name=name, label=label, kind=kind, value=value, hint=hint, error=errors.get(name, ""),
            autocomplete=autocomplete,
        )  # fmt: skip

    return [
        field("name", gettext("姓名"), hint=gettext("和身份证上一样"), autocomplete="name"),
        field("resident_id", gettext("身份证号码"), "id_number"),
        field("phone", gettext("手机号"), "phone", gettext("以后用它登录，办理进度也发到这个号码")),
        field("password", gettext("密码"), "password", gettext("至少 8 位，越长越好"), "new-password"),
        Field(
            name="agree",
            label=gettext("您的信息这样用"),
            kind="checkboxes",
            hint=gettext("姓名和身份证号码用来确认是您本人；手机号用来登录和通知；办事时填的内容只交给办这件事的部门。随时可以在“我的资料”里查看、更正，或者到窗口注销。"),
            options=(AGREE,),
            value=data.getlist("agree"),
            error=errors.get("agree", ""),
        ),
    ]  # fmt: skip


@access(PUBLIC)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """退出."""
    sessions.close_session(request)
    return see(reverse("citizen:home"))


@access(CITIZEN)
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """我的资料: masked; only what has been verified to be this person's is shown at all."""
    mine = people.account(acting(request))
    subjects = people.subjects(acting(request), civil_day(clock.now()))
    known = queries.known_values(mine.party.region_code, mine.party.id) if mine.verified else {}
    contact = reverse("citizen:contact")
    rows = [
        Row(label=gettext("姓名"), value=known.get("person.name", "")),
        Row(label=gettext("身份证号码"), value=masked_id(known.get("person.resident_id", ""))),
        Row(label=gettext("联系电话"), value=masked_phone(known.get("person.phone", "")), change_url=contact),
        Row(
            label=gettext("现住址"),
            value=known.get("person.address") or gettext("（没有填）"),
            change_url=contact,
        ),
        Row(label=gettext("密码"), value="••••••••", change_url=reverse("citizen:password")),
    ]
    return render(
        request,
        "citizen/me.html",
        {
            "verified": mine.verified,
            "rows": rows,
            "others": subjects[1:],
            "saved": request.GET.get("saved", ""),
        },
    )


@access(CITIZEN)
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """改联系电话和现住址; the number that one signs in with stays."""
    mine = people.account(acting(request))
    if not mine.verified:
        return redirect("citizen:me")
    known = queries.known_values(mine.party.region_code, mine.party.id)
    problems: list[Problem] = []
    if request.method == "POST":
        changes = {name: request.POST.get(name, "") for name in ("phone", "address")}
        try:
            changes["phone"] = directory.tidy_phone(changes["phone"])
            directory.update_profile(party=mine.party, changes=changes, actor=acting(request), at=clock.now())
        except Refused as refused:
            problems = [words.problem(refused)]
        else:
            return see(reverse("citizen:me") + "?saved=contact")
    errors = {one.field: one.text for one in problems}
    given = request.POST if request.method == "POST" else {}
    fields = [
        Field(
            name="phone", label=gettext("联系电话"), kind="phone", error=errors.get("phone", ""),
            hint=gettext("办理进度发到这个号码；登录还用注册时的手机号。"),
            value=given.get("phone", known.get("person.phone", "")),
        ),
        Field(
            name="address", label=gettext("现住址"), autocomplete="street-address", optional=True,
            value=given.get("address", known.get("person.address", "")), error=errors.get("address", ""),
        ),
    ]  # fmt: skip
    return _form(request, "citizen/contact.html", fields, problems)


@access(CITIZEN)
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """改密码: all other devices are signed out."""
    actor = acting(request)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            directory.change_citizen_password(
                account=UUID(actor.id),
                old=request.POST.get("old", ""),
                new=request.POST.get("password", ""),
                actor=actor,
                at=clock.now(),
            )
        except Refused as refused:
            problems = [words.problem(refused)]
        else:
            request.session.flush()
            sessions.open_session(request, actor.code)
            return see(reverse("citizen:me") + "?saved=password")
    errors = {one.field: one.text for one in problems}
    fields = [
        Field(name="old", label=gettext("现在的密码"), kind="password", error=errors.get("old", "")),
        Field(
            name="password", label=gettext("新密码"), kind="password", hint=gettext("至少 8 位，越长越好"),
            autocomplete="new-password", error=errors.get("password", ""),
        ),
    ]  # fmt: skip
    return _form(request, "citizen/password.html", fields, problems)


def _form(request: HttpRequest, template: str, fields: list[Field], problems: list[Problem]) -> HttpResponse:
    content = {
        "fields": fields,
        "problems": problems,
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    return render(request, template, content, status=422 if problems else 200)


def _next(request: HttpRequest, otherwise: str = "citizen:home") -> str:
    """The page that sent somebody to sign in, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours else reverse(otherwise)
