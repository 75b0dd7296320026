from django.apps import AppConfig


class OpenApiConfig(AppConfig):
    """开放接口: it has no tables."""

    name = "banshi.desks.openapi"
    label = "openapi"
