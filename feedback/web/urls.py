"""Addresses of the survey."""

urlpatterns: list = []
