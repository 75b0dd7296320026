"""Addresses of the API: the document, its page, and one for each declared path."""

from django.urls import path

from banshi.desks.openapi import document
from banshi.desks.openapi.operation import routes

app_name = "openapi"
urlpatterns = [
    path("", document.index, name="index"),
    path("openapi.json", document.openapi, name="openapi"),
    *routes(),
]
