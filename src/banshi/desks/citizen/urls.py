"""Addresses of the citizens' pages. Nothing personal is in any of them."""

from django.urls import path

from banshi.desks.citizen import account, acts, apply, browse, check, fill, guide, materials, matters, public

app_name = "citizen"
A = "a/<str:region>/<uuid:id>/"
C = "c/<str:region>/<uuid:id>/"

urlpatterns = [
    path("", browse.home, name="home"),
    path("search", browse.search, name="search"),
    path("items/", browse.items, name="items"),
    path("items/<slug:code>", guide.item, name="item"),
    path("bundles/<slug:code>", guide.bundle, name="bundle"),
    path("sign-in", account.sign_in, name="sign_in"),
    path("register", account.register, name="register"),
    path("sign-out", account.sign_out, name="sign_out"),
    path("me", account.me, name="me"),
    path("me/contact", account.contact, name="contact"),
    path("me/password", account.password, name="password"),
    path("me/matters", matters.matters, name="matters"),
    path("me/certificates", matters.own_certificates, name="certificates"),
    path("me/certificates/<str:region>/<uuid:id>.pdf", matters.certificate, name="certificate"),
    path("apply/item/<slug:code>", apply.start, {"kind": "item"}, name="apply_item"),
    path("apply/bundle/<slug:code>", apply.start, {"kind": "bundle"}, name="apply_bundle"),
    path(A, apply.resume, name="resume"),
    path(A + "questions/<slug:code>", apply.question, name="question"),
    path(A + "list", apply.overview, name="list"),
    path(A + "form/<slug:key>", fill.section, name="section"),
    path(A + "materials", materials.overview, name="materials"),
    path(A + "materials/<slug:code>", materials.material, name="material"),
    path(A + "materials/<slug:code>/remove/<uuid:evidence>", materials.remove, name="remove"),
    path(A + "check", check.check, name="check"),
    path(A + "done", check.done, name="done"),
    path(A + "discard", matters.discard, name="discard"),
    path("m/<str:region>/<uuid:id>", matters.matter, name="matter"),
    path(C + "papers/<uuid:paper>.pdf", matters.paper, name="paper"),
    path(C + "correct", acts.correct, name="correct"),
    path(C + "correct/values", acts.correct_values, name="correct_values"),
    path(C + "correct/materials/<slug:code>", acts.correct_material, name="correct_material"),
    path(C + "withdraw", acts.withdraw, name="withdraw"),
    path(C + "rate", acts.rate, name="rate"),
    path("p", public.look_up, name="look_up"),
    path("p/<str:number>", public.progress, name="progress"),
    path("v", public.verify, name="verify"),
    path("v/<str:identifier>", public.verify, name="verified"),
]
