from django.apps import AppConfig


class VoicesConfig(AppConfig):
    """诉求台: the hotline centre's and the units' work with tickets, calls and reviews; it has no tables."""

    name = "banshi.desks.voices"
    label = "voices"
    verbose_name = "诉求台"
