"""Staff administration: who is there, and which posts they hold; for staff administrators, each within their regions."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banshi.desks.staff.forms import CreateForm, GrantForm, NameForm, post_name, say, words
from banshi.desks.staff.views import actor_of
from banshi.directory import operations, queries
from banshi.directory.values import NATIONAL, Level, PostKind, RegionInfo, StaffInfo, administered, covers
from banshi.infra import clock
from banshi.kernel.actors import Actor
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import civil_day
from banshi.ui.access import STAFF, access
from banshi.ui.parts import Paged

ADMIN = {PostKind.STAFF_ADMIN}
PAGE = 50
TOLD = "told_once"  # in the session: what is shown on the next page, and then no more


@access(STAFF, posts=ADMIN)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """人员: the list, nobody chosen."""
    return _page(request)


@access(STAFF, posts=ADMIN)
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """新建人员: an account without posts, and a password to hand over."""
    actor = actor_of(request)
    form = CreateForm(_regions(actor), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            id, password = operations.create_staff(**form.cleaned_data, actor=actor, at=clock.now())
        except Refused as error:
            say(form, error)
        else:
            request.session[TOLD] = {"staff": id, "password": password}
            return redirect("staff:person", id)
    return _page(request, create_form=form, status=422 if form.errors else 200)


@access(STAFF, posts=ADMIN)
@require_safe
def person(request: HttpRequest, id: int) -> HttpResponse:
    """一位人员: posts, and what can be done."""
    return _page(request, _chosen(request, id))


@access(STAFF, posts=ADMIN)
@require_POST
def rename(request: HttpRequest, id: int) -> HttpResponse:
    """改姓名."""
    chosen, form = _chosen(request, id), NameForm(request.POST)
    if form.is_valid():
        operations.rename_staff(staff=id, **form.cleaned_data, actor=actor_of(request), at=clock.now())
        return redirect("staff:person", id)
    return _page(request, chosen, name_form=form, status=422)


@access(STAFF, posts=ADMIN)
@require_POST
def grant(request: HttpRequest, id: int) -> HttpResponse:
    """授予岗位."""
    chosen = _chosen(request, id)
    form = _grant_form(chosen, request.POST)
    if form.is_valid():
        try:
            operations.grant_post(staff=id, **form.post(), actor=actor_of(request), at=clock.now())
        except Refused as error:
            say(form, error)
        else:
            return redirect("staff:person", id)
    return _page(request, chosen, grant_form=form, status=422)


@access(STAFF, posts=ADMIN)
@require_POST
def end(request: HttpRequest, id: int, post: int) -> HttpResponse:
    """免去岗位."""
    if post not in {held.id for held in _chosen(request, id).posts}:
        raise NotFound("任职", "post")
    return _do(request, id, lambda actor: operations.end_post(post=post, actor=actor, at=clock.now()))


@access(STAFF, posts=ADMIN)
@require_POST
def disable(request: HttpRequest, id: int) -> HttpResponse:
    """停用: sign-in and every session end at once."""
    return _do(request, id, lambda actor: operations.disable_staff(staff=id, actor=actor, at=clock.now()))


@access(STAFF, posts=ADMIN)
@require_POST
def enable(request: HttpRequest, id: int) -> HttpResponse:
    """恢复."""
    return _do(request, id, lambda actor: operations.enable_staff(staff=id, actor=actor, at=clock.now()))


@access(STAFF, posts=ADMIN)
@require_POST
def reset(request: HttpRequest, id: int) -> HttpResponse:
    """重置密码: a one-time password, shown once."""

    def act(actor: Actor) -> None:
        password = operations.reset_password(staff=id, actor=actor, at=clock.now())
        request.session[TOLD] = {"staff": id, "password": password}

    return _do(request, id, act)


def _do(request: HttpRequest, id: int, act: Callable[[Actor], None]) -> HttpResponse:
    """Do it and show the person again; a rule's no stands at the top of the page."""
    chosen = _chosen(request, id)
    try:
        act(actor_of(request))
    except NotFound:
        raise
    except Refused as error:
        return _page(request, chosen, refusal=words(error), status=422)
    return redirect("staff:person", id)


def _page(
    request: HttpRequest, chosen: StaffInfo | None = None, *, status: int = 200, **more: object
) -> HttpResponse:
    """The list on the left, the person or the form on the right."""
    actor, search = actor_of(request), request.GET.get("q", "").strip()[:40]
    page = request.GET.get("page", "")
    number = max(int(page), 1) if page.isdecimal() and len(page) < 6 else 1
    rows, total = queries.list_staff(
        administered(actor), civil_day(clock.now()), search, start=(number - 1) * PAGE, limit=PAGE
    )
    context = {
        "rows": [(row, "、".join(dict.fromkeys(post_name(post.kind) for post in row.posts))) for row in rows],
        "paged": Paged(number, PAGE, total),
        "search": search,
        "chosen": chosen,
        **(_about(request, chosen) if chosen else {}),
        **more,
    }
    return render(request, "staff/people.html", context, status=status)


def _about(request: HttpRequest, chosen: StaffInfo) -> dict[str, object]:
    """What the page of one person shows; a new password only the first time."""
    told = request.session.get(TOLD)
    password = ""
    if told and told["staff"] == chosen.id and request.method == "GET":
        password = request.session.pop(TOLD)["password"]
    return {
        "posts": _posts(chosen),
        "password": password,
        "oneself": str(chosen.id) == actor_of(request).id,
        "name_form": NameForm({"name": chosen.name}),
        "grant_form": _grant_form(chosen),
    }


def _posts(chosen: StaffInfo) -> list[tuple[int, str, str, object, object]]:
    """Each post: id, kind, where, from, until."""
    names = queries.office_names(post.office for post in chosen.posts)
    names |= queries.region_names(post.region_code for post in chosen.posts)
    return [
        (
            post.id,
            post_name(post.kind),
            names.get(post.office) or names.get(post.region_code) or _("全国"),
            post.from_on,
            post.until_on,
        )
        for post in chosen.posts
    ]


def _chosen(request: HttpRequest, id: int) -> StaffInfo:
    """Somebody within the administrator's regions; for anybody else there is no such person."""
    found = queries.get_staff(id, civil_day(clock.now()))
    if not any(covers(region, found.region_code) for region in administered(actor_of(request))):
        raise NotFound("工作人员", "member of staff")
    return found


def _grant_form(chosen: StaffInfo, *data: object) -> GrantForm:
    """With the places of the region that the person belongs to."""
    code = chosen.region_code
    return GrantForm(
        _with_children(code),
        queries.list_offices(code, within=True),
        queries.list_halls(code, within=True),
        civil_day(clock.now()),
        *data,
    )


def _regions(actor: Actor) -> list[RegionInfo]:
    """The administrator's regions with the cities or counties in them."""
    found = [one for code in sorted(administered(actor)) for one in _with_children(code)]
    return list(dict.fromkeys(found))


def _with_children(code: str) -> list[RegionInfo]:
    if code == NATIONAL:
        return [RegionInfo(NATIONAL, _("全国"), Level.PROVINCE, ""), *queries.list_children("")]
    children = queries.list_children(code)
    return [queries.get_region(code), *(child for child in children if child.level <= Level.COUNTY)]
