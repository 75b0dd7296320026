"""文件: materials and documents go out to whoever handles the case, as attachments, and each time is on record."""

from __future__ import annotations

import mimetypes
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from banshi.contexts.cases import queries
from banshi.contexts.certificates import queries as certificates
from banshi.desks.officer.seat import HANDLING, acting
from banshi.infra import audit, clock, files
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import NotFound
from banshi.ui.access import STAFF, access

_PDF = "application/pdf"


@access(STAFF, posts=HANDLING)
@require_safe
def material(request: HttpRequest, region: str, id: UUID, digest: str) -> HttpResponse:
    """申请材料 that was handed over with this case, or a photo taken on one of its site visits."""
    state = queries.get_case(region, id, acting(request, HANDLING))
    if any(digest in work.files for work in state.works):
        content = files.read(digest)
        kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
        name = f"{digest[:12]}{mimetypes.guess_extension(kind)}"
        return _out(request, content, kind, f"{state.number}/{digest[:12]}", name)
    handed = queries.subject(state).get("materials", ())
    one = next((one for one in handed if one["file"] and one["file"] == digest), None)
    if one is None:
        raise NotFound("文件", "file")
    ending = mimetypes.guess_extension(one["media_type"]) or ""
    target, name = f"{state.number}/{digest[:12]}", one["filename"] or one["name"] + ending
    return _out(request, files.read(digest), one["media_type"], target, name)


@access(STAFF, posts=HANDLING)
@require_safe
def paper(request: HttpRequest, region: str, id: UUID, paper: UUID) -> HttpResponse:
    """文书 or 证照: the PDF of a document of the case, or of the certificate that it ended in."""
    state = queries.get_case(region, id, acting(request, HANDLING))
    if state.certificate and (made := certificates.get_by_identifier(state.certificate)).id == paper:
        content, name = certificates.content(made.region, made.id, SYSTEM), f"{made.name}-{made.number}.pdf"
        return _out(request, content, _PDF, made.identifier, name)
    found = queries.find_paper(region, id, paper, internal=True)
    if found is None or not found.file:
        raise NotFound("文书", "document")
    return _out(request, files.read(found.file), _PDF, found.number, f"{found.title}-{found.number}.pdf")


def _out(request: HttpRequest, content: bytes, media_type: str, target: str, name: str) -> HttpResponse:
    audit.note(act="download", target=target, outcome="ok", actor=acting(request).code, at=clock.now())
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type=media_type, headers=headers)
