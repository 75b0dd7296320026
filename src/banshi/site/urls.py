"""Addresses: which desk stands behind which door."""

from django.urls import include, path

from banshi.site.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("_components/", include("banshi.ui.urls")),
    path("staff/", include("banshi.desks.staff.urls")),
    path("officer/", include("banshi.desks.officer.urls")),
    path("supervise/", include("banshi.desks.supervisor.urls")),
    path("voices/", include("banshi.desks.voices.urls")),
    path("counter/", include("banshi.desks.counter.urls")),
    path("api/", include("banshi.desks.openapi.urls")),
    path("api/open311/v2/", include("banshi.desks.open311.urls")),
    path("", include("banshi.desks.citizen.urls")),
]
handler400 = "banshi.site.errors.bad_request"
handler403 = "banshi.site.errors.forbidden"
handler404 = "banshi.site.errors.not_found"
handler500 = "banshi.site.errors.server_error"
