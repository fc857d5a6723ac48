"""Addresses of the room."""

from django.urls import path

from regulars.desks.voice.needs.public import heard
from regulars.desks.voice.needs.views import checking, deeds, desk, model, pages, programs, shaping

app_name = "needs"
urlpatterns = [
    path("heard/", heard, name="heard"),
    path("needs/", pages.index, name="list"),
    path("needs/export", pages.export, name="export"),
    path("needs/sort", desk.sort, name="sort"),
    path("needs/sort/<int:opinion>/", desk.decide, name="decide"),
    path("needs/sort/<int:opinion>/undo", desk.undo, name="undo"),
    path("needs/check", checking.check, name="check"),
    path("needs/check/<int:check>/", checking.answer, name="answer_check"),
    path("needs/<int:need>/", pages.show, name="need"),
    path("needs/<int:need>/people", pages.people, name="people"),
    path("needs/<int:need>/people.csv", pages.people_export, name="people_export"),
    path("needs/<int:need>/change", shaping.change, name="change"),
    path("needs/<int:need>/merge", shaping.merge, name="merge"),
    path("needs/<int:need>/unmerge", shaping.unmerge, name="unmerge"),
    path("needs/<int:need>/split", shaping.split, name="split"),
    path("needs/split/<int:split>/undo", shaping.unsplit, name="unsplit"),
    path("needs/<int:need>/ask", model.ask, name="ask"),
    path("settings/language-model/", model.server, name="server"),
    path("needs/<int:need>/plan", deeds.plan, name="plan"),
    path("deeds/<int:deed>/", deeds.show, name="deed"),
    path("deeds/<int:deed>/decide", deeds.decide, name="deed_decide"),
    path("deeds/<int:deed>/tell", deeds.tell, name="tell"),
    path("deeds/<int:deed>/show", deeds.publish, name="publish"),
    path("first-hundred/", programs.index, name="programs"),
    path("first-hundred/<int:program>/", programs.show, name="program"),
    path("first-hundred/<int:program>/ask", programs.ask, name="program_ask"),
    path("first-hundred/<int:program>/decide", programs.decide, name="program_decide"),
]
