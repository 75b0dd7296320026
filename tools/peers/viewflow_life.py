"""viewflow: the process is locked, its task run and the next one made, in one transaction."""

from __future__ import annotations

from collections.abc import Callable

from race import PROCESSES, STEPS, arguments, django, race

ENGINE, DATABASE, CLIENTS, LIVES = arguments()
django(ENGINE, DATABASE, "viewflow", "viewflow.workflow", "lives")

from django.db import connection, transaction  # noqa: E402 (Django is set up above)
from lives.flows import Life  # noqa: E402
from viewflow.workflow.models import Task  # noqa: E402
from viewflow.workflow.status import PROCESS, STATUS  # noqa: E402


def client() -> Callable[[], None]:
    connection.close()

    def live() -> None:
        with transaction.atomic():
            process = Life.start.run()
        for _ in range(1, STEPS):
            # Found and run in one transaction: on SQLite a read that turns into a write is refused under load.
            with transaction.atomic():
                task = Task.objects.select_related("process").get(process_id=process.pk, status=STATUS.NEW)
                task.flow_task.run(task)
        process.refresh_from_db()
        if process.status != PROCESS.DONE:
            raise SystemExit("the life did not end")

    return live


if __name__ == "__main__":
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    connection.close()
    print(race(client, PROCESSES[ENGINE], CLIENTS, LIVES))
