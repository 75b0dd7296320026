"""Pages of the look itself: the gallery, and the switch of language and elder mode."""

from django.urls import path

from banshi.ui import display, gallery

app_name = "ui"

urlpatterns = [
    path("_components/", gallery.gallery, name="gallery"),
    path("_components/<slug:name>/", gallery.sample_page, name="sample_page"),
    path("_display/", display.display, name="display"),
]
