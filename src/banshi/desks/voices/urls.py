"""Addresses of the desk for what people say. None of them holds anything personal."""

from django.urls import path

from banshi.desks.voices import calls, figures, intake, occasions, reviews, rewards, tickets

app_name = "voices"

urlpatterns = [
    path("", tickets.home, name="home"),
    path("tickets/", tickets.tickets, name="tickets"),
    path("new/", intake.raise_ticket, name="new"),
    path("ticket/<slug:region>/<uuid:id>/", tickets.ticket, name="ticket"),
    path("ticket/<slug:region>/<uuid:id>/full/", tickets.full, name="full"),
    path("ticket/<slug:region>/<uuid:id>/do/<slug:name>/", tickets.do, name="do"),
    path("calls/", calls.queue, name="calls"),
    path("calls/next/", calls.take, name="take"),
    path("call/<slug:region>/<uuid:id>/", calls.call, name="call"),
    path("call/<slug:region>/<uuid:id>/record/", calls.record, name="record"),
    path("call/<slug:region>/<uuid:id>/release/", calls.release, name="release"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("review/<slug:region>/<uuid:id>/", reviews.review, name="review"),
    path("review/<slug:region>/<uuid:id>/appeal/", reviews.appeal, name="appeal"),
    path("review/<slug:region>/<uuid:id>/decide/", reviews.decide, name="decide"),
    path("figures/", figures.figures, name="figures"),
    path("occasions/", occasions.occasions, name="occasions"),
    path("occasions/<slug:region>/<uuid:id>/", occasions.occasion, name="occasion"),
    path("occasions/<slug:region>/<uuid:id>/take/", occasions.take_in, name="take_in"),
    path("occasions/<slug:region>/<uuid:id>/close/", occasions.close, name="occasion_close"),
    path("points/", occasions.all_points, name="points"),
    path("rewards/", rewards.rewards, name="rewards"),
]
