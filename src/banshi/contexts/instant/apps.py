from django.apps import AppConfig


class InstantConfig(AppConfig):
    name = "banshi.contexts.instant"
    label = "instant"
