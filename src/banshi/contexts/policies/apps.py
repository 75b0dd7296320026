from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "banshi.contexts.policies"
    label = "policies"
