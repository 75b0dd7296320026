from django.apps import AppConfig


class InfraConfig(AppConfig):
    name = "banshi.infra"
    label = "infra"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from banshi.infra import store

        store.guard_connections()
