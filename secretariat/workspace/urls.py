"""Addresses of the desk and the office, below the language."""

from __future__ import annotations

from django.urls import path

from secretariat.workspace.views import (
    arrive,
    assemblies,
    desk,
    elections,
    files,
    invitations,
    office,
    rules,
    texts,
    votes,
)

app_name = "workspace"
urlpatterns = [
    path("arrive/", arrive.arrive, name="arrive"),
    path("desk/", desk.desks, name="desk"),
    path("desk/<slug:city>/", desk.desk, name="city_desk"),
    path("desk/<slug:city>/votes/<slug:vote>/", desk.ballot, name="ballot"),
    path("desk/<slug:city>/votes/<slug:vote>/text/", desk.ballot_text, name="ballot_text"),
    path("desk/<slug:city>/elections/<slug:election>/", desk.nominations, name="nominations"),
    path("files/<uuid:file>/", files.private_file, name="file"),
    path("files/<uuid:file>/<int:width>/", files.private_image, name="image"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("office/", office.overview, name="office"),
    path("office/assemblies/convene/", office.convene, name="convene"),
    path("office/assemblies/<slug:slug>/", assemblies.console, name="console"),
    path("office/assemblies/<slug:slug>/attendance/", assemblies.attendance, name="attendance"),
    path("office/assemblies/<slug:slug>/votes/prepare/", votes.prepare, name="prepare_vote"),
    path(
        "office/assemblies/<slug:slug>/elections/announce/",
        elections.announce,
        name="announce_election",
    ),
    path("office/votes/<slug:slug>/", votes.vote, name="vote"),
    path("office/votes/<slug:slug>/hall/", votes.hall, name="hall"),
    path("office/elections/<slug:slug>/", elections.election, name="election"),
    path("office/texts/", texts.text_list, name="texts"),
    path("office/texts/import/", texts.import_text, name="import_text"),
    path("office/texts/<slug:slug>/", texts.text, name="text"),
    path("office/texts/<slug:slug>/rules/", rules.rules, name="bind_rules"),
    path("office/texts/<slug:slug>/provisions/<str:key>/", texts.provision, name="provision"),
]
