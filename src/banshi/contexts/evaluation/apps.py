from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "banshi.contexts.evaluation"
    label = "evaluation"
