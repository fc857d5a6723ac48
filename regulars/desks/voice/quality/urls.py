"""Addresses of the room."""

from django.urls import path

from regulars.desks.voice.quality.views import deciding, entering, pages

app_name = "quality"
urlpatterns = [
    path("", pages.index, name="board"),
    path("export", pages.export, name="export"),
    path("products/<int:product>/", pages.product, name="product"),
    path("products/<int:product>/add", entering.add, name="add"),
    path("products/<int:product>/decide", deciding.decide_product, name="decide_product"),
    path("lots/", pages.lots, name="lots"),
    path("lots/assign", entering.assign_file, name="assign_file"),
    path("lots/<int:lot>/", pages.lot, name="lot"),
    path("lots/<int:lot>/edit", entering.edit, name="edit"),
    path("lots/<int:lot>/check", entering.check, name="check"),
    path("lots/<int:lot>/decide", deciding.decide, name="decide"),
    path("lots/<int:lot>/orders", pages.orders_export, name="orders_export"),
    path("checks/<int:check>/photo", pages.photo, name="photo"),
]
