"""Addresses of the officer desk. None of them holds anything personal."""

from django.urls import include, path

from banshi.desks.officer import act, browse, bundles, files, instant, policies, staffing

app_name = "officer"

_case = [
    path("", browse.case, name="case"),
    path("full/", browse.full, name="full"),
    path("do/<slug:name>/", act.do, name="do"),
    path("material/<slug:digest>/", files.material, name="material"),
    path("paper/<uuid:paper>/", files.paper, name="paper"),
]
urlpatterns = [
    path("", browse.home, name="home"),
    path("cases/", browse.cases, name="cases"),
    path("staffing/", staffing.staffing, name="staffing"),
    path("bundles/", bundles.home, name="bundles"),
    path("bundle/<slug:region>/<uuid:id>/", bundles.bundle, name="bundle"),
    path("instant/", instant.home, name="instant"),
    path("policies/", policies.home, name="policies"),
    path("policies/offers/", policies.offers, name="policy_offers"),
    path("policies/offers/<slug:region>/<uuid:id>/", policies.offer, name="policy_offer"),
    path("policies/service/", policies.service, name="policy_service"),
    path("policies/briefings/<slug:region>/<uuid:id>/", policies.briefing, name="policy_briefing"),
    path("policies/of/<slug:code>/", policies.policy, name="policy"),
    path("case/<slug:region>/<uuid:id>/", include(_case)),
]
