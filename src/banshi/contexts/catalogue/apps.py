from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "banshi.contexts.catalogue"
    label = "catalogue"
