"""The web server's entry: the application, and the scheduler's thread beside it."""

import atexit
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banshi.site.settings")
_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A page that is whole is handed over whole: asked for piece by piece, the server would change threads for each."""
    with courtesy.answering():
        response: Any = _django(environ, start_response)
    if response.streaming:
        streamed: Iterable[bytes] = response
        return streamed
    content = [response.content]
    response.close()
    return content


from django.urls import get_resolver  # noqa: E402

from banshi.infra import courtesy, pdf, store  # noqa: E402
from banshi.infra.printer import Printer  # noqa: E402
from banshi.infra.scheduler import Scheduler  # noqa: E402
from banshi.site.wiring import DUTIES  # noqa: E402

get_resolver().url_patterns  # noqa: B018 (what cannot be imported ends the server now, not the first request)
printer = Printer()
pdf.print_by(printer)
scheduler = Scheduler(DUTIES)
scheduler.start()


@atexit.register
def stop() -> None:
    """The duty at hand ends before the writer does, of which it may ask one more commit."""
    scheduler.stop()
    printer.stop()
    store.stop_writer()
