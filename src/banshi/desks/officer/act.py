"""办理: one view for every declared command: its form, and carrying it out."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.http import require_http_methods

from banshi.contexts.cases import operations, queries
from banshi.contexts.cases.queries import Command
from banshi.contexts.cases.values import CaseState, Input
from banshi.desks.officer.browse import page
from banshi.desks.officer.form import form
from banshi.desks.officer.seat import DOING, acting
from banshi.directory.calendar import calendar
from banshi.infra import clock, files
from banshi.infra.store import Tx, new_id, write
from banshi.kernel.facts import NotFound, Refused
from banshi.kernel.workdays import civil_day
from banshi.ui.access import STAFF, access
from banshi.ui.commands import back_to, given, stamp
from banshi.ui.language import problem


@access(STAFF, posts=DOING)
@require_http_methods(["GET", "HEAD", "POST"])
def do(request: HttpRequest, region: str, id: UUID, name: str) -> HttpResponse:
    """办一步: GET shows what the command asks, POST carries it out; a refusal is shown with the input kept."""
    actor = acting(request, DOING)
    state = queries.get_case(region, id, actor)
    if request.method != "POST":
        command = next((one for one in queries.commands(state, actor) if one.name == name), None)
        back = HttpResponseRedirect(back_to(request, "officer:case", state.region, state.id))
        return _with_form(request, state, command) if command else back
    try:
        _act(request, state, name)
    except NotFound:
        raise
    except Refused as refused:
        return _refused(request, queries.get_case(region, id, actor), name, refused)
    return HttpResponseRedirect(
        back_to(request, "officer:case", state.region, state.id, done=name), status=303
    )


def _act(request: HttpRequest, state: CaseState, name: str) -> None:
    command = queries.declared_commands().get(name)
    stated, words = given(command, Input(), request.POST) if command else (None, "")
    if stated is not None and (photos := _photos(request)):
        stated = replace(stated, files=photos)
    command_id, seq = stamp(request.POST)
    operations.act(
        name,
        region=state.region,
        id=state.id,
        actor=acting(request, DOING),
        at=clock.now(),
        calendar=calendar(),
        given=stated,
        text=words,
        command_id=command_id,
        expected_seq=seq,
    )


def _photos(request: HttpRequest) -> tuple[str, ...]:
    """现场照片: checked and stored before the command that names them. Raises `Refused` for what is no photo."""
    taken = [
        files.check(one.name or "", one.read(), ("jpeg", "png")) for one in request.FILES.getlist("files")
    ]
    for one in taken:
        files.store(one.content, one.digest)

    def work(tx: Tx) -> None:
        for one in taken:
            files.register(tx, one.digest, len(one.content), one.media_type)

    if taken:
        write(work, at=clock.now(), actor=acting(request, DOING).code)
    return tuple(one.digest for one in taken)


def _refused(request: HttpRequest, state: CaseState, name: str, refused: Refused) -> HttpResponse:
    """With the case as it is now: where the command is not offered any more, the words are still there to be copied."""
    typed = request.POST
    offered = queries.commands(state, acting(request, DOING))
    command = next((one for one in offered if one.name == name), None)
    if command is None:
        return page(request, state, status=422, problems=[problem(refused)], lost=typed.get("text", ""))
    return _with_form(request, state, command, typed, refused)


def _with_form(
    request: HttpRequest,
    state: CaseState,
    command: Command,
    typed: QueryDict | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    wrong = problem(refused) if refused else None
    return page(
        request,
        state,
        status=422 if wrong else 200,
        form=form(command, state, acting(request, DOING), civil_day(clock.now()), typed, wrong),
        command_id=new_id(),
        problems=[wrong] if wrong else [],
    )
