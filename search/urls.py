"""Addresses of the search; permanent, as `cms.navigation` says."""

from __future__ import annotations

from django.urls import path

from search import views

app_name = "search"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("library/", views.library, name="library"),
]
