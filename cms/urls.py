"""Addresses of the public site, below the language; permanent, as `cms.navigation` says."""

from __future__ import annotations

from django.urls import path

from cms.views import (
    amendments,
    applications,
    assemblies,
    audit,
    cities,
    comparing,
    decisions,
    edition_files,
    elections,
    feeds,
    practices,
    provision_history,
    rules_in_force,
    signatories,
    texts,
    verification,
)

app_name = "cms"
urlpatterns = [
    path("cities/", cities.city_list, name="city_list"),
    path("cities/apply/", applications.apply, name="apply"),
    path("cities/apply/sent/", applications.applied, name="applied"),
    path("cities/apply/<uuid:uuid>/<str:key>/", applications.application, name="application"),
    path("cities/<slug:slug>/", cities.city, name="city"),
    path("texts/", texts.text_list, name="text_list"),
    path("texts/rules/", rules_in_force.rules_in_force, name="rules_in_force"),
    path("texts/feed.xml", feeds.texts, name="texts_feed"),
    path("texts/<slug:slug>/", texts.text, name="text"),
    path("texts/<slug:slug>/signatories/", signatories.signatories, name="signatories"),
    path("texts/<slug:slug>/signatories.csv", signatories.signatories_csv, name="signatories_csv"),
    path("texts/<slug:slug>/feed.xml", feeds.text, name="text_feed"),
    path("texts/<slug:slug>/amendments/", amendments.amendments, name="amendments"),
    path("texts/<slug:slug>/amendments/<int:number>/", amendments.amendment, name="amendment"),
    path(
        "texts/<slug:slug>/amendments/<int:first>/<int:second>/",
        amendments.amendment_pair,
        name="amendment_pair",
    ),
    path("texts/<slug:slug>/compare/", comparing.choose, name="compare_choice"),
    path("texts/<slug:slug>/compare/<int:a>/<int:b>/", comparing.compare, name="compare"),
    path(
        "texts/<slug:slug>/compare/<int:a>/<int:b>/<slug:language>.<slug:format>",
        edition_files.compare_file,
        name="compare_file",
    ),
    path(
        "texts/<slug:slug>/editions/<int:number>/<slug:name>.<slug:language>.<slug:format>",
        edition_files.edition_file,
        name="edition_file",
    ),
    path(
        "texts/<slug:slug>/history/<str:key>/",
        provision_history.provision_history,
        name="provision_history",
    ),
    path("texts/<slug:slug>/editions/<int:number>/", texts.edition, name="edition"),
    path("texts/<slug:slug>/editions/<int:number>/<str:key>/", texts.article, name="article"),
    path("assemblies/", assemblies.assembly_list, name="assembly_list"),
    path("assemblies/<slug:slug>/", assemblies.assembly, name="assembly"),
    path("decisions/", decisions.decision_list, name="decision_list"),
    path("decisions/<slug:slug>.json", decisions.decision_json, name="decision_json"),
    path("decisions/<slug:slug>/", decisions.decision, name="decision"),
    path("elections/", elections.election_list, name="election_list"),
    path("elections/<slug:slug>/", elections.election, name="election"),
    path("elections/<slug:slug>/certificate/", elections.certificate, name="certificate"),
    path("library/<str:slug>/", practices.practice, name="practice"),
    path("verify/", verification.verify, name="verify"),
    path("audit/", audit.ledger, name="ledger"),
    path("audit/ledger.json", audit.ledger_json, name="ledger_json"),
    path("news/feed.xml", feeds.news, name="news_feed"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
]
