from django.apps import AppConfig


class UiConfig(AppConfig):
    """界面: tokens, components and page frames; it has no tables."""

    name = "banshi.ui"
    label = "ui"
    verbose_name = "界面"
