from django.apps import AppConfig


class SiteConfig(AppConfig):
    """站点: joins the parts; it has no tables."""

    name = "banshi.site"
    label = "site"

    def ready(self) -> None:
        from banshi.site import wiring

        wiring.install()
