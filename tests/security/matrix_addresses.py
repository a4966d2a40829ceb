"""Every address of the project, and for each an example that really leads to its view.

An address is named by its route, as `every_address` gives it. Where a route carries a part
that is not known here, `example` says which: add a line to `PARTS`, or to `SPELLED` for
routes that are regular expressions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.urls import Resolver404, resolve

from secretariat.kernel.access import every_address

LANGUAGE: Final = "<language>/"
PART: Final = re.compile(r"<(?:\w+:)?(\w+)>")

PARTS: Final[tuple[tuple[str, str, str], ...]] = (
    # route begins with, part, kind of thing in `Things.named`
    ("admin/api/main/^pages/", "pk", "page"),
    ("admin/api/main/^documents/", "pk", "document"),
    ("admin/api/main/^images/", "pk", "image"),
    ("admin/pages/<int:page_to_move_id>/move/<int:destination_id>", "destination_id", "home"),
    ("admin/pages/<int:parent_page_id>/", "parent_page_id", "home"),
    ("admin/pages/workflow/", "task_id", "task"),
    ("admin/pages/", "revision_id", "revision"),
    ("admin/collections/", "pk", "collection"),
    ("admin/workflows/tasks/", "pk", "task"),
    ("admin/workflows/", "pk", "workflow"),
    ("admin/snippets/", "revision_id", "practice revision"),
    ("admin/snippets/", "task_id", "task"),
    ("admin/snippets/", "pk", "practice"),
    ("admin/translation/submit/snippet/", "pk", "practice"),
    ("admin/office-city/", "pk", "city key"),
    ("admin/office-mandate/", "pk", "mandate"),
    ("admin/office-person/", "pk", "account"),
    ("admin/office-role/", "pk", "office role"),
    ("admin/sites/", "pk", "site"),
    ("admin/users/", "pk", "account"),
    ("admin/groups/", "pk", "group"),
    ("admin/locales/", "pk", "locale"),
    ("admin/documents/chooser/", "pk", "document"),
    ("admin/images/chooser/", "pk", "image"),
    ("<language>/accounts/link/", "person", "account uuid"),
    ("<language>/assemblies/", "slug", "assembly"),
    ("<language>/cities/apply/", "uuid", "application"),
    ("<language>/cities/apply/", "key", "application key"),
    ("<language>/cities/", "slug", "city"),
    ("<language>/decisions/", "slug", "vote"),
    ("<language>/elections/", "slug", "election"),
    ("<language>/library/", "slug", "practice slug"),
    ("<language>/desk/", "mandate", "mandate uuid"),
    ("<language>/desk/<slug:city>/practices/", "slug", "practice slug"),
    ("<language>/desk/<slug:city>/drafts/", "slug", "instrument"),
    ("<language>/desk/<slug:city>/declarations/", "slug", "declaration"),
    ("<language>/invitations/", "token", "invitation"),
    ("<language>/office/accounts/", "person", "account uuid"),
    ("<language>/office/assemblies/", "slug", "assembly"),
    ("<language>/office/elections/", "slug", "election"),
    ("<language>/office/mandates/cities/", "slug", "city"),
    ("<language>/office/mandates/", "mandate", "mandate uuid"),
    ("<language>/office/members/applications/", "uuid", "application"),
    ("<language>/office/members/import/", "uuid", "import"),
    ("<language>/office/members/", "slug", "city"),
    ("<language>/office/second-factors/", "person", "account uuid"),
    ("<language>/office/second-factors/", "reset", "reset"),
    ("<language>/office/texts/<slug:slug>/amendments/", "slug", "text"),
    ("<language>/office/texts/<slug:slug>/signatures/", "slug", "declaration"),
    ("<language>/office/texts/<slug:slug>/editions/", "slug", "declaration"),
    ("<language>/office/texts/", "slug", "instrument"),
    ("<language>/office/votes/", "slug", "vote"),
    ("<language>/texts/<slug:slug>/signatories", "slug", "declaration"),
    ("<language>/texts/", "slug", "text"),
    ("<language>/texts/", "number", "edition"),
    ("<language>/office/texts/<slug:slug>/amendments/", "number", "amendment number"),
    ("<language>/office/texts/", "number", "edition"),
    ("<language>/desk/<slug:city>/declarations/", "number", "edition"),
    ("", "first", "amendment number"),
    ("", "second", "other number"),
    ("", "amendment", "amendment"),
    ("", "key", "provision"),
    ("", "city", "city"),
    ("", "vote", "vote"),
    ("", "election", "election"),
    ("", "letter", "letter"),
    ("", "file", "file"),
    ("", "width", "width"),
    ("", "page_id", "page"),
    ("", "parent_page_id", "home"),
    ("", "page_to_move_id", "page"),
    ("", "page_pk", "page"),
    ("", "workflow_pk", "workflow"),
    ("", "workflow_state_id", "workflow state"),
    ("", "task_state_id", "task state"),
    ("", "task_id", "task"),
    ("", "collection_id", "collection"),
    ("", "document_id", "document"),
    ("", "doc_id", "document"),
    ("", "image_id", "image"),
    ("", "redirect_id", "redirect"),
    ("", "restriction_id", "restriction"),
    ("", "page_view_restriction_id", "restriction"),
)

ALWAYS: Final[Mapping[str, str]] = {
    "a": "1",
    "b": "2",
    "action_name": "approve",
    "action": "delete",
    "content_type_app_name": "cms",
    "content_type_model_name": "standardpage",
    "app_label": "cms",
    "model_name": "practice",
    "app_name": "taggit",
    "filter_spec": "width-100",
    "format": "csv",
    "kind": "head",
    "language": "ko",
    "name": "text-1",
    "year": "2018",
    "object_id": "1",
    "session_id": "1",
    "uploaded_file_id": "1",
    "token": "spent",
    "uidb64": "MQ",
    "pk": "1",
}
"""Parts whose example is the same for everybody."""

SPELLED: Final[Mapping[str, str]] = {
    r"admin/pages/^(?P<pk>\d+)/revisions/compare/"
    r"(?P<revision_id_a>live|earliest|\d+)\.\.\.(?P<revision_id_b>live|latest|\d+)/$": (
        "admin/pages/{page}/revisions/compare/live...latest/"
    ),
    "admin/snippets/cms/practice/history/(?P<pk>.+)/revisions/compare/"
    r"(?P<revision_id_a>live|earliest|\d+)\.\.\.(?P<revision_id_b>live|latest|\d+)/$": (
        "admin/snippets/cms/practice/history/{practice}/revisions/compare/live...latest/"
    ),
    "admin/workflows/tasks/add/<str:app_label>/<str:model_name>/": (
        "admin/workflows/tasks/add/wagtailcore/groupapprovaltask/"
    ),
    "admin/pages/create/<slug:app_label>/<slug:model_name>": "admin/pages/create/cms/standardpage",
    "admin/bulk/<str:app_label>/<str:model_name>/<str:action>/": (
        "admin/bulk/wagtailcore/page/publish/"
    ),
    "admin/^.*/$": "admin/no-such-place/",
    r"documents/^(\d+)/(.*)$": "documents/{document}/words.txt",
    r"<language>/accounts/^confirm-email/(?P<key>[-:\w]+)/$": "ko/accounts/confirm-email/spent/",
    "<language>/accounts/oidc/^(?P<provider_id>[^/]+)/login/": "ko/accounts/oidc/city/login/",
    "<language>/accounts/oidc/^(?P<provider_id>[^/]+)/login/callback/": (
        "ko/accounts/oidc/city/login/callback/"
    ),
    "<language>/accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": (
        "ko/accounts/password/reset/key/1-spent/"
    ),
    r"<language>/^((?:[\w\-]+/)*)$": "ko/about/",
}
"""Routes that are regular expressions, or whose parts depend on each other."""


def routes() -> list[str]:
    """Every route of the project, once, in the order in which they are looked up."""
    return list(dict.fromkeys(route for route, _pattern, _namespaces in every_address()))


def example(route: str, named: Mapping[str, Any]) -> str:
    """A path that leads to the route's view, for the things in `named`. Raises LookupError."""
    if route in SPELLED:
        return "/" + SPELLED[route].format_map(named)

    def fill(match: re.Match[str]) -> str:
        part = match.group(1)
        for beginning, name, thing in PARTS:
            if name == part and route.startswith(beginning):
                return str(named[thing])
        if part in ALWAYS:
            return ALWAYS[part]
        raise LookupError(f"{route}: no example of <{part}>; add one to matrix_addresses.PARTS")

    plain = route.replace(LANGUAGE, "ko/").replace("^", "").replace("$", "")
    return "/" + PART.sub(fill, plain)


def leads_to(path: str, route: str) -> bool:
    """Whether `path` is answered by the view at `route`, not by another that matches first."""
    try:
        found = resolve(path).route
    except Resolver404:
        return False
    # A part that is a regular expression loses its own beginning where it is resolved.
    return route.replace(LANGUAGE, "ko/").replace("^", "") == found.replace("^", "")
