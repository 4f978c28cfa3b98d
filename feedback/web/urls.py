"""Addresses of the survey."""

from django.urls import path

from feedback.web import rating

app_name = "feedback"
urlpatterns = [path("requests/<uuid:public_id>/rating/", rating.rate, name="rate")]
