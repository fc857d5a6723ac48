"""Addresses of the audiences."""

from django.urls import path

from regulars.desks.outreach.audiences.views import building, files, pages

app_name = "audiences"
urlpatterns = [
    path("", pages.index, name="list"),
    path("new", building.new, name="new"),
    path("check", building.check, name="check"),
    path("words", pages.words, name="words"),
    path("<int:audience>/", pages.show, name="show"),
    path("<int:audience>/edit", building.edit, name="edit"),
    path("<int:audience>/retire", pages.retire, name="retire"),
    path("<int:audience>/restore", pages.restore, name="restore"),
    path("<int:audience>/freeze", pages.freeze, name="freeze"),
    path("<int:audience>/use/<int:version>", pages.use_version, name="use_version"),
    path("<int:audience>/export", files.export, name="export"),
    path("frozen/<int:freeze>/export", files.export_frozen, name="export_frozen"),
]
