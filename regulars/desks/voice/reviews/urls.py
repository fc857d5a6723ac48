"""Addresses: what people see, and the pages of the shop."""

from django.urls import path

from regulars.desks.voice.reviews import authors, public
from regulars.desks.voice.reviews.views import deciding, files, pages

app_name = "reviews"
urlpatterns = [
    path("r/ledger", public.ledger, name="ledger"),
    path("r/reviews.js", public.widget, name="widget"),
    path("r/photos/<int:photo>.jpg", public.photo, name="photo"),
    path("r/<int:product>/", public.page, name="public"),
    path("r/<int:product>/reviews.json", public.data, name="data"),
    path("r/<int:product>/write", authors.write, name="write"),
    path("r/<int:product>/write/<str:name>", authors.write, name="own"),
    path("reviews/", pages.index, name="list"),
    path("reviews/export", pages.export, name="export"),
    path("reviews/products", pages.products, name="products"),
    path("reviews/settings", deciding.settings, name="settings"),
    path("reviews/files/", files.index, name="files"),
    path("reviews/files/<int:file>/", files.show, name="file"),
    path("reviews/files/<int:file>/decide", files.decide, name="decide_file"),
    path("reviews/<int:review>/", pages.show, name="review"),
    path("reviews/<int:review>/decide", deciding.decide, name="decide"),
    path("reviews/photos/<int:photo>.jpg", pages.photo, name="staff_photo"),
]
