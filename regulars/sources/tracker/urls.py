"""Addresses of the pages about tracking; what clients send to is in ``receiver``."""

from django.urls import path

from regulars.sources.tracker import views

app_name = "tracking"
urlpatterns = [
    path("", views.keys, name="keys"),
    path("<int:key>/", views.events, name="events"),
    path("customers/<int:customer>/", views.customer, name="customer"),
    path("customers/<int:customer>/follow/<slug:wish>", views.follow, name="follow"),
    path("junk/<int:junk>/lift", views.lift, name="lift"),
    path("visits/<int:activity>/", views.visit, name="visit"),
    path("<int:key>/close", views.close, name="close"),
]
