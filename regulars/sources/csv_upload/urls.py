"""Addresses of imports."""

from django.urls import path

from regulars.sources.csv_upload.views import batch, lists, mapping

app_name = "imports"
urlpatterns = [
    path("", lists.imports, name="list"),
    path("new/", lists.new, name="new"),
    path("<int:pk>/", batch.batch, name="batch"),
    path("<int:pk>/columns/", mapping.columns, name="columns"),
    path("<int:pk>/progress/", batch.progress, name="progress"),
    path("<int:pk>/confirm/", batch.confirm, name="confirm"),
    path("<int:pk>/cancel/", batch.cancel, name="cancel"),
    path("<int:pk>/undo/", batch.undo, name="undo"),
    path("<int:pk>/rejected/", batch.rejected, name="rejected"),
]
