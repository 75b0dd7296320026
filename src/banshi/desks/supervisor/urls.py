"""Addresses of the supervisor's desk. None of them holds anything personal."""

from django.urls import path

from banshi.desks.supervisor import reports, watch

app_name = "supervisor"

urlpatterns = [
    path("", watch.home, name="home"),
    path("case/<slug:region>/<uuid:id>/", watch.case, name="case"),
    path("case/<slug:region>/<uuid:id>/urge/", watch.urge, name="urge"),
    path("digest/", reports.digest, name="digest"),
    path("overdue/", reports.overdue, name="overdue"),
    path("findings/", reports.findings, name="findings"),
    path("shares/", reports.shares, name="shares"),
]
