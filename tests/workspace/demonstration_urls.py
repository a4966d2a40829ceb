"""The addresses as they are in demonstration mode."""

from django.urls import include, path

from secretariat.urls import urlpatterns as others

urlpatterns = [path("demo/", include("secretariat.workspace.demonstration.urls")), *others]
