from django.apps import AppConfig


class Open311Config(AppConfig):
    """Open311接口: GeoReport v2 as other tools speak it; it has no tables."""

    name = "banshi.desks.open311"
    label = "open311"
    verbose_name = "Open311接口"
