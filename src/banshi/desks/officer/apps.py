from django.apps import AppConfig


class OfficerConfig(AppConfig):
    """办理台: a work list on the left, the matter on the right; it has no tables."""

    name = "banshi.desks.officer"
    label = "officer"
    verbose_name = "办理台"
