from django.apps import AppConfig


class CounterConfig(AppConfig):
    """综合窗口: a card is read, a matter chosen, one page filled in, a receipt printed; it has no tables."""

    name = "banshi.desks.counter"
    label = "counter"
    verbose_name = "综合窗口"
