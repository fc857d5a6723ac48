"""Addresses: what people see, short because it stands on paper and never to change, and the pages of the shop."""

from django.urls import path

from regulars.desks.outreach.signup import public, views

app_name = "signup"
urlpatterns = [
    path("join/<slug:slug>", public.join, name="join"),
    path("join/<slug:slug>/<str:name>", public.confirm, name="confirm"),
    path("sign-up/", views.index, name="list"),
    path("sign-up/new", views.new, name="new"),
    path("sign-up/<int:form>/", views.show, name="form"),
    path("sign-up/<int:form>/code.svg", views.code, name="code"),
    path("sign-up/<int:form>/decide", views.decide, name="decide"),
]
