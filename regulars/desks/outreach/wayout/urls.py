"""Addresses that stand in messages: short, since people type them, and never to change."""

from django.urls import path

from regulars.desks.outreach.wayout import privacy, public

app_name = "wayout"
urlpatterns = [
    path("u/<str:name>", public.choices, name="choices"),
    path("u/<str:name>/mail", privacy.ask, name="ask"),
    path("u/<str:name>/data/<str:token>", privacy.data, name="data"),
    path("u/<str:name>/erase/<str:token>", privacy.erasure, name="erasure"),
]
