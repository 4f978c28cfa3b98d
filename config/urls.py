"""Every address of the desk. Each has a row in the access matrix."""

from django.contrib import admin
from django.urls import include, path

from common.web import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/", include("tickets.api.urls")),
    path("", include("feedback.web.urls")),
    path("", include("tickets.web.urls")),
]
