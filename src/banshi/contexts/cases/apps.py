from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "banshi.contexts.cases"
    label = "cases"
