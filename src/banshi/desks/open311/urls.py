"""One address: what stands behind it is a table of the standard's resources, so that every error has the standard's form."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from banshi.desks.open311 import resources


class Anything(StringConverter):
    """任何路径: also none, and one with line breaks, which Django's own kinds leave to nobody."""

    regex = r"(?s:.*)"


register_converter(Anything, "anything")

app_name = "open311"
urlpatterns = [path("<anything:resource>", resources.serve, name="resource")]
