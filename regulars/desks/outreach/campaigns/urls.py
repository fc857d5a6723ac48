"""Addresses of campaigns."""

from django.urls import path

from regulars.desks.outreach.campaigns.views import editor, people, products, show

app_name = "campaigns"
urlpatterns = [
    path("", show.index, name="list"),
    path("new", editor.new, name="new"),
    path("products", products.index, name="products"),
    path("customers/<int:customer>/", people.of_customer, name="customer"),
    path("customers/<int:customer>/wish", people.wish_for, name="wish"),
    path("<int:campaign>/", show.campaign, name="campaign"),
    path("<int:campaign>/edit", editor.edit, name="edit"),
    path("<int:campaign>/preview", editor.preview, name="preview"),
    path("<int:campaign>/test", editor.test, name="test"),
    path("<int:campaign>/forecast", editor.forecast, name="forecast"),
    path("<int:campaign>/decide", show.decide, name="decide"),
    path("<int:campaign>/people", people.index, name="people"),
    path("<int:campaign>/people/export", people.export, name="people_export"),
]
