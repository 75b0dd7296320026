"""健康检查: for the operator and the proxy; says whether the database answers and the outbox moves, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from banshi import __version__
from banshi.infra import clock, outbox
from banshi.infra.models import Outbox
from banshi.ui.access import PUBLIC, access


@require_safe
@access(PUBLIC)
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all is well, 503 otherwise: database, outbox (nothing waits longer than 10 minutes)."""
    late = False
    waiting = {"pending": 0, "dead": 0}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        waiting = outbox.waiting()
        oldest = clock.now() - timedelta(minutes=10)
        late = Outbox.objects.filter(state=Outbox.PENDING, attempts=0, due_at__lt=oldest).exists()
        database = True
    except DatabaseError:
        database = False
    well = database and not late
    answer = {"ok": well, "database": database, "outbox": waiting, "version": __version__}
    return JsonResponse(answer, status=200 if well else 503, headers={"Cache-Control": "no-store"})
