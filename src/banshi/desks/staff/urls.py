"""Addresses below /staff/."""

from django.urls import path

from banshi.desks.staff import letters, people, rules, views

app_name = "staff"

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("password/", views.password, name="password"),
    path("letters/", letters.letters, name="letters"),
    path("letters/replay/", letters.replay, name="replay_letters"),
    path("rules/", rules.rules, name="rules"),
    path("people/", people.people, name="people"),
    path("people/new/", people.create, name="create"),
    path("people/<int:id>/", people.person, name="person"),
    path("people/<int:id>/name/", people.rename, name="rename"),
    path("people/<int:id>/posts/", people.grant, name="grant"),
    path("people/<int:id>/posts/<int:post>/end/", people.end, name="end"),
    path("people/<int:id>/disable/", people.disable, name="disable"),
    path("people/<int:id>/enable/", people.enable, name="enable"),
    path("people/<int:id>/reset/", people.reset, name="reset"),
]
