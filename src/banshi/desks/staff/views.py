"""Sign-in, sign-out, the password, and the way to one's desk."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banshi.desks.staff.forms import PasswordForm, SignInForm, say
from banshi.directory import operations, queries
from banshi.directory.values import PostKind
from banshi.infra import audit, clock, sessions
from banshi.infra.throttle import TooMany
from banshi.kernel.actors import Actor
from banshi.kernel.facts import Refused
from banshi.kernel.workdays import civil_day
from banshi.ui.access import PUBLIC, STAFF, access
from banshi.ui.parts import Task

# Kind of post → the address of its desk, and what the desk is called.
DESKS = (
    (PostKind.WINDOW_CLERK, "counter:home", _("综合窗口")),
    (PostKind.OFFICER, "officer:home", _("部门办理")),
    (PostKind.APPROVER, "officer:home", _("部门办理")),
    (PostKind.LEADER, "officer:home", _("部门办理")),
    (PostKind.GOVERNOR, "officer:home", _("部门办理")),
    (PostKind.SUPERVISOR, "supervisor:home", _("监察")),
    (PostKind.HOTLINE_OPERATOR, "voices:home", _("诉求")),
    (PostKind.DISPATCHER, "voices:home", _("诉求")),
    (PostKind.REPLY_CHECKER, "voices:home", _("诉求")),
    (PostKind.CALLER, "voices:calls", _("回访")),
    (PostKind.CENTRE_CHIEF, "voices:home", _("诉求")),
    (PostKind.STAFF_ADMIN, "staff:people", _("人员和岗位")),
)


@access(PUBLIC)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """登录: in at the staff's door; the session gets a new key."""
    onward = _onward(request)
    if actor_of(request).kind == "staff":
        return redirect(onward)
    form, status = SignInForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = operations.authenticate_staff(
                    **form.cleaned_data, address=audit.address.get(), at=clock.now()
                )
            except Refused as error:
                say(form, error)
                status = 429 if isinstance(error, TooMany) else 422
            else:
                sessions.open_session(request, done.account)
                return redirect("staff:password" if done.must_change_password else onward)
    return render(request, "staff/sign_in.html", {"form": form, "onward": onward}, status=status)


@access(STAFF)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """退出: the session ends here and in the database."""
    code = actor_of(request).code
    sessions.close_session(request)
    audit.note(act="sign_out", target=code, outcome="ok", actor=code, at=clock.now())
    return redirect("staff:sign_in")


@access(STAFF)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("old", "password", "again")
def password(request: HttpRequest) -> HttpResponse:
    """改密码: ends every session of the account, and opens this one anew."""
    actor, at = actor_of(request), clock.now()
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        old, new = form.cleaned_data["old"], form.cleaned_data["password"]
        try:
            operations.change_password(staff=int(actor.id), old=old, new=new, actor=actor, at=at)
        except Refused as error:
            say(form, error)
        else:
            sessions.open_session(request, actor.code)
            return redirect("staff:home")
    must = queries.get_staff(int(actor.id), civil_day(at)).must_change_password
    status = 422 if request.method == "POST" else 200
    return render(request, "staff/password.html", {"form": form, "must": must}, status=status)


@access(STAFF)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """去哪个工作台: straight there when there is one, else a choice of those that the posts open."""
    actor = actor_of(request)
    if queries.get_staff(int(actor.id), civil_day(clock.now())).must_change_password:
        return redirect("staff:password")
    desks = desks_of(actor)
    if len(desks) == 1:
        return redirect(desks[0].url)
    return render(request, "staff/home.html", {"desks": desks})


def actor_of(request: HttpRequest) -> Actor:
    """Who the middleware found."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def desks_of(actor: Actor) -> list[Task]:
    """The desks that this installation has and the actor's posts open, each once."""
    found = {}
    for kind, name, label in DESKS:
        if kind in actor.posts:
            try:
                found[reverse(name)] = Task(label=str(label), state="todo", url=reverse(name))
            except NoReverseMatch:
                continue
    return list(found.values())


def _onward(request: HttpRequest) -> str:
    """Where the person wanted to go: an address of this site, else home."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours else reverse("staff:home")
