"""Addresses of journeys."""

from django.urls import path

from regulars.desks.outreach.journeys.views import editor, people, show, trying

app_name = "journeys"
urlpatterns = [
    path("", show.index, name="list"),
    path("new", editor.new, name="new"),
    path("<int:journey>/", show.journey, name="journey"),
    path("<int:journey>/decide", show.decide, name="decide"),
    path("<int:journey>/trial", show.trial, name="trial"),
    path("<int:journey>/edit", editor.edit, name="edit"),
    path("<int:journey>/begin", editor.begin, name="begin"),
    path("<int:journey>/steps/<slug:step>", editor.step, name="step"),
    path("<int:journey>/steps/<slug:step>/preview", trying.preview, name="preview"),
    path("<int:journey>/steps/<slug:step>/test", trying.test, name="test"),
    path("<int:journey>/undo", editor.undo, name="undo"),
    path("<int:journey>/people", people.index, name="people"),
]
