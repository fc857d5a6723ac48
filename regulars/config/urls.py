"""Every address of the product, by room."""

from django.urls import include, path

urlpatterns = [
    path("", include("regulars.web.urls")),
    path("", include("regulars.desks.outreach.wayout.urls")),
    path("", include("regulars.desks.outreach.signup.urls")),
    path("", include("regulars.sources.answers.urls")),
    path("account/", include("regulars.staff.urls")),
    path("campaigns/", include("regulars.desks.outreach.campaigns.urls")),
    path("journeys/", include("regulars.desks.outreach.journeys.urls")),
    path("settings/speaking/", include("regulars.desks.outreach.senders.urls")),
    path("audiences/", include("regulars.desks.outreach.audiences.urls")),
    path("quality/", include("regulars.desks.voice.quality.urls")),
    path("", include("regulars.desks.voice.ports.urls")),
    path("ports/asking/", include("regulars.desks.voice.asking.urls")),
    path("opinions/", include("regulars.desks.voice.opinions.urls")),
    path("", include("regulars.desks.voice.needs.urls")),
    path("", include("regulars.desks.voice.reviews.urls")),
    path("imports/", include("regulars.sources.csv_upload.urls")),
    path("tracking/", include("regulars.sources.tracker.urls")),
]

handler400 = "regulars.web.views.errors.bad_request"
handler403 = "regulars.web.views.errors.forbidden"
handler404 = "regulars.web.views.errors.not_found"
handler500 = "regulars.web.views.errors.broken"
