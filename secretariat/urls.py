"""Every address of the platform.

Own views declare who may reach them with `@access`; third-party addresses are declared
here by module or by the place they are mounted at. The check `kernel.E001` refuses an
undeclared one.
"""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from secretariat.kernel.access import Access, declare_module, declare_mount
from secretariat.workspace.views import edge, own_address, second_factor, sessions, sign_in

declare_mount("admin/", Access.OFFICE)  # kept by OfficeGateMiddleware
declare_module("wagtail", Access.PUBLIC)
declare_mount("<language>/accounts/", Access.PUBLIC)
declare_mount("<language>/_util/", Access.PUBLIC)
declare_module("django.views.static", Access.PUBLIC)

urlpatterns = [
    path("healthz", edge.healthz, name="healthz"),
    path("robots.txt", edge.robots, name="robots"),
    path("admin/login/", edge.wagtail_sign_in, {"arrive": "wagtailadmin_home"}),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include("wagtail.documents.urls")),
]
if settings.SERVE_MEDIA:
    media = {"document_root": settings.MEDIA_ROOT}
    urlpatterns.append(path("media/<path:path>", serve, media, name="media"))
if settings.DEMONSTRATION:
    urlpatterns += [path("demo/", include("secretariat.workspace.demonstration.urls"))]

urlpatterns += i18n_patterns(
    path("accounts/link/<uuid:person>/<str:token>/", sign_in.sign_in_link, name="sign_in_link"),
    path("accounts/second-factor/", second_factor.second_factor, name="second_factor"),
    path("accounts/2fa/authenticate/", second_factor.code, name="second_factor_code"),
    path("accounts/sessions/", sessions.sessions, name="account_sessions"),
    path("accounts/email/", own_address.own_address, name="own_address"),
    path("accounts/", include("allauth.urls")),
    path("_util/login/", edge.wagtail_sign_in, {"arrive": settings.LOGIN_REDIRECT_URL}),
    path("", include("secretariat.workspace.urls")),
    path("", include("search.urls")),
    path("", include("cms.urls")),
    path("", include(wagtail_urls)),
    prefix_default_language=True,
)
