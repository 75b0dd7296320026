"""Addresses of the counter desk. None of them holds anything personal: who stands here is in the session."""

from django.urls import include, path

from banshi.desks.counter import act, correct, device, files, fill, guide, person, taken

app_name = "counter"

_draft = [
    path("", fill.draft, name="draft"),
    path("check/", fill.check, name="check"),
    path("discard/", fill.discard, name="discard"),
]
_case = [
    path("", taken.of_case, name="case"),
    path("do/<slug:name>/", act.do, name="do"),
    path("correct/", correct.correct, name="correct"),
    path("offer/", device.offer, name="offer"),
    path("paper/<uuid:paper>/", files.paper, name="paper"),
]
urlpatterns = [
    path("", person.home, name="home"),
    path("window/", person.sit, name="sit"),
    path("read/", person.read, name="read"),
    path("record/", person.record, name="record"),
    path("choose/", person.choose, name="choose"),
    path("guide/<slug:code>/", guide.guide, name="guide"),
    path("firm/", person.firm, name="firm"),
    path("next/", person.next_one, name="next"),
    path("begin/", fill.begin, name="begin"),
    path("draft/<slug:region>/<uuid:id>/", include(_draft)),
    path("receipt/<slug:region>/<uuid:id>/", taken.receipt, name="receipt"),
    path("taken/", taken.home, name="taken"),
    path("taken/<slug:region>/<uuid:id>/", taken.application, name="application"),
    path("taken/<slug:region>/<uuid:id>/hand-over/", act.hand_over, name="hand_over"),
    path("case/<slug:region>/<uuid:id>/", include(_case)),
    path("device/", device.opened, name="device"),
    path("device/<str:code>/", device.shown, name="device_shown"),
]
