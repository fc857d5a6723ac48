"""Addresses of the settings of speaking."""

from django.urls import path

from regulars.desks.outreach.senders import account, holidays, views

app_name = "senders"
urlpatterns = [
    path("", views.speaking, name="speaking"),
    path("identity", views.identify, name="identity"),
    path("rules", views.rules, name="rules"),
    path("holidays/", holidays.index, name="holidays"),
    path("holidays/load", holidays.load, name="holidays_load"),
    path("holidays/remove", holidays.remove, name="holidays_remove"),
    path("holidays/restore", holidays.restore, name="holidays_restore"),
    path("add/<slug:channel>/<slug:adapter>/", views.add, name="add"),
    path("<int:sender>/", views.change, name="sender"),
    path("<int:sender>/check", views.check, name="check"),
    path("<int:sender>/decide", views.decide, name="decide"),
    path("<int:sender>/account", account.account, name="account"),
    path("<int:sender>/account/menu", account.menu, name="account_menu"),
    path("<int:sender>/account/code", account.code, name="account_code"),
]
