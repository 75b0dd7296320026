from django.apps import AppConfig


class SupervisorConfig(AppConfig):
    """监察台: it looks and urges; it has no tables and decides nothing."""

    name = "banshi.desks.supervisor"
    label = "supervisor"
    verbose_name = "监察台"
