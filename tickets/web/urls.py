"""Addresses of the buyer pages."""

urlpatterns: list = []
