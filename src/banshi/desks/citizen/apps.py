from django.apps import AppConfig


class CitizenConfig(AppConfig):
    """群众端: pages for whoever has something to get done; it has no tables."""

    name = "banshi.desks.citizen"
    label = "citizen"
    verbose_name = "群众端"
