"""Addresses of accounts."""

from django.urls import path

from regulars.staff import views

app_name = "staff"
urlpatterns = [
    path("", views.account, name="account"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("first-start/", views.first_start, name="first_start"),
    path("join/<str:token>/", views.accept_invitation, name="accept_invitation"),
]
