"""出件: documents and certificates go out to the window that took the case in, to be printed and handed over."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from banshi.contexts.cases import queries as cases
from banshi.contexts.certificates import queries as certificates
from banshi.desks.counter.seat import POSTS, acting
from banshi.infra import audit, clock, files
from banshi.kernel.actors import SYSTEM
from banshi.kernel.facts import NotFound
from banshi.ui.access import STAFF, access


@access(STAFF, posts=POSTS)
@require_safe
def paper(request: HttpRequest, region: str, id: UUID, paper: UUID) -> HttpResponse:
    """文书 or 证照: the PDF of a document of the case, or of the certificate that it ended in."""
    state = cases.get_case(region, id, acting(request))
    if state.certificate and (made := certificates.get_by_identifier(state.certificate)).id == paper:
        content = certificates.content(made.region, made.id, SYSTEM)
        return _out(request, content, made.identifier, f"{made.name}-{made.number}.pdf")
    found = cases.find_paper(region, id, paper)
    if found is None or not found.file:
        raise NotFound("文书", "document")
    return _out(request, files.read(found.file), found.number, f"{found.title}-{found.number}.pdf")


def _out(request: HttpRequest, content: bytes, target: str, name: str) -> HttpResponse:
    audit.note(act="download", target=target, outcome="ok", actor=acting(request).code, at=clock.now())
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)
