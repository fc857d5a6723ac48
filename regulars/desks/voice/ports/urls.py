"""Addresses: what people see, short because it stands on paper and never to change, and the pages of the shop."""

from django.urls import path

from regulars.desks.voice.ports import public
from regulars.desks.voice.ports.views import answers, codes, editor, pages

app_name = "ports"
urlpatterns = [
    path("f/<str:name>", public.of_message, name="message"),
    path("p/port.js", public.widget, name="widget"),
    path("p/<slug:code>.json", public.data, name="data"),
    path("p/<slug:code>", public.page, name="open"),
    path("p/<slug:code>/<str:name>", public.page, name="personal"),
    path("ports/", pages.index, name="list"),
    path("ports/new", editor.new, name="new"),
    path("ports/<int:port>/", pages.show, name="port"),
    path("ports/<int:port>/answers", answers.answers, name="answers"),
    path("ports/<int:port>/answers/export", answers.export, name="answers_export"),
    path("ports/photos/<int:photo>.jpg", answers.photo, name="photo"),
    path("ports/<int:port>/edit", editor.edit, name="edit"),
    path("ports/<int:port>/decide", editor.decide, name="decide"),
    path("ports/<int:port>/code.svg", codes.code, name="code"),
    path("ports/<int:port>/card", codes.card, name="card"),
]
