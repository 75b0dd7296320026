from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "banshi.contexts.intake"
    label = "intake"
