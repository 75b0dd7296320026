"""文件: materials and documents go out to whoever handles the case, as attachments, and each time is on record."""

from __future__ import annotations

import mimetypes
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from banshi.contexts.cases import queries
from banshi.contexts.cases.values import CaseState
from banshi.desks.officer.seat import HANDLING, acting
from banshi.infra import audit, clock, files
from banshi.kernel.facts import NotFound
from banshi.ui.access import STAFF, access


@access(STAFF, posts=HANDLING)
@require_safe
def material(request: HttpRequest, region: str, id: UUID, digest: str) -> HttpResponse:
    """申请材料: the file of one material that was handed over with this case."""
    state = queries.get_case(region, id, acting(request, HANDLING))
    handed = queries.subject(state).get("materials", ())
    one = next((one for one in handed if one["file"] and one["file"] == digest), None)
    if one is None:
        raise NotFound("文件", "file")
    ending = mimetypes.guess_extension(one["media_type"]) or ""
    return _out(request, state, digest, one["media_type"], one["filename"] or one["name"] + ending)


@access(STAFF, posts=HANDLING)
@require_safe
def paper(request: HttpRequest, region: str, id: UUID, paper: UUID) -> HttpResponse:
    """文书: the PDF of one document of the case."""
    state = queries.get_case(region, id, acting(request, HANDLING))
    found = queries.find_paper(region, id, paper)
    if found is None or not found.file:
        raise NotFound("文书", "document")
    return _out(request, state, found.file, "application/pdf", f"{found.title}-{found.number}.pdf")


def _out(request: HttpRequest, state: CaseState, digest: str, media_type: str, name: str) -> HttpResponse:
    content = files.read(digest)
    audit.note(
        act="download",
        target=f"{state.number}/{digest[:12]}",
        outcome="ok",
        actor=acting(request).code,
        at=clock.now(),
    )
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type=media_type, headers=headers)
