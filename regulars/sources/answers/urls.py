"""Addresses: the doors of providers, and the pages about mailboxes."""

from django.urls import path

from regulars.sources.answers import door, views

app_name = "answers"
urlpatterns = [
    path("hooks/<int:sender>/<str:secret>", door.hook, name="hook"),
    path("settings/speaking/<int:sender>/mailbox", views.mailbox, name="mailbox"),
    path("settings/speaking/<int:sender>/mailbox/check", views.check_mailbox, name="mailbox_check"),
    path("settings/speaking/<int:sender>/mailbox/retire", views.retire, name="mailbox_retire"),
]
