"""django-fsm-2 with django-fsm-log: the row is locked, its transition called, saved, and logged, in one transaction."""

from __future__ import annotations

from collections.abc import Callable

from race import PROCESSES, STEPS, arguments, django, race

ENGINE, DATABASE, CLIENTS, LIVES = arguments()
django(ENGINE, DATABASE, "django_fsm", "django_fsm_log")

from django.db import connection, models, transaction  # noqa: E402 (Django is set up above)
from django_fsm import FSMField  # noqa: E402
from django_fsm import transition as move  # noqa: E402


def _step(n: int) -> Callable[..., None]:
    def step(self: object, **kwargs: object) -> None:
        """One step of the life."""

    step.__name__ = f"step{n}"
    return step


class Life(models.Model):
    """A life of eight steps."""

    state = FSMField(default="s0", protected=True)
    for _n in range(STEPS):
        locals()[f"step{_n}"] = move(field=state, source=f"s{_n}", target=f"s{_n + 1}")(_step(_n))

    class Meta:
        app_label = "peers"


def client() -> Callable[[], None]:
    connection.close()

    def live() -> None:
        id = 0
        for n in range(STEPS):
            with transaction.atomic():
                one = Life.objects.select_for_update().get(id=id) if n else Life.objects.create()
                id = one.id
                getattr(one, f"step{n}")()
                one.save()

    return live


if __name__ == "__main__":
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    if Life._meta.db_table not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(Life)
    connection.close()
    print(race(client, PROCESSES[ENGINE], CLIENTS, LIVES))
