"""Addresses of the demonstration, outside the languages; included in demonstration mode only."""

from __future__ import annotations

from django.urls import path

from secretariat.workspace.demonstration import views

app_name = "demonstration"
urlpatterns = [
    path("", views.roles, name="roles"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("start-again/", views.begin_again, name="start_again"),
]
