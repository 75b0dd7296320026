"""Pages of the look itself, under `/_components/`: the gallery, and the switch of language and elder mode."""

from django.urls import path

from banshi.ui import display, gallery

app_name = "ui"

urlpatterns = [
    path("", gallery.gallery, name="gallery"),
    path("display/", display.display, name="display"),
    path("<slug:name>/", gallery.sample_page, name="sample_page"),
]
