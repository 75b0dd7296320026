from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "banshi.contexts.tickets"
    label = "tickets"
