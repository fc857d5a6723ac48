"""Addresses of the room."""

from django.urls import path

from regulars.desks.voice.opinions.views import deciding, pages

app_name = "opinions"
urlpatterns = [
    path("", pages.index, name="list"),
    path("export", pages.export, name="export"),
    path("days", pages.days, name="days"),
    path("write-down", deciding.write_down, name="write_down"),
    path("of/<int:customer>/", pages.of_customer, name="customer"),
    path("<int:opinion>/", pages.show, name="opinion"),
    path("<int:opinion>/decide", deciding.decide, name="decide"),
]
