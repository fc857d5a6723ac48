"""Addresses of the room."""

from django.urls import path

from regulars.desks.voice.asking import views

app_name = "asking"
urlpatterns = [path("", views.settings, name="settings")]
