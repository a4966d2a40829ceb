"""Who may reach an address: declared by every view, enforced here, checked at start-up.

A view declares with `@access(Access.OFFICE)`; the addresses of other people's apps are
declared in the URL configuration: by namespace, by the package their views live in, or by
the place they are mounted at.
What a person may not see is a 404.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern

View = Callable[..., HttpResponseBase]


class Access(Enum):
    """Kinds of addresses, by whom they serve."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    CITY = "city people"
    OFFICE = "office staff"
    DEMONSTRATION = "demonstration only"


_tests: dict[Access, Callable[[HttpRequest], bool]] = {}
_namespaces: dict[str, Access] = {}
_modules: dict[str, Access] = {}
_mounts: dict[str, Access] = {}


def answer_with(kind: Access, test: Callable[[HttpRequest], bool]) -> None:
    """Let an app say who counts as `kind` (members knows city people and office staff)."""
    _tests[kind] = test


def declare_namespace(namespace: str, kind: Access) -> None:
    """Declare every address below a third-party namespace; its app or a middleware enforces."""
    _namespaces[namespace] = kind


def declare_module(prefix: str, kind: Access) -> None:
    """Declare every address whose view lives in a third-party package without namespaces."""
    _modules[prefix] = kind


def declare_mount(route: str, kind: Access) -> None:
    """Declare every address below the place where a third-party app is included."""
    _mounts[route] = kind


def access(kind: Access) -> Callable[[View], View]:
    """Declare and enforce who may reach a view."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if kind is Access.DEMONSTRATION and not settings.DEMONSTRATION:
                raise Http404
            if kind in (Access.SIGNED_IN, Access.CITY, Access.OFFICE):
                if not request.user.is_authenticated:
                    return redirect_to_login(request.get_full_path())
                test = _tests.get(kind)
                if test is not None and not test(request):
                    raise Http404
            return view(request, *args, **kwargs)

        guarded.access = kind  # type: ignore[attr-defined]
        return guarded

    return decorate


def declared_access(
    pattern: URLPattern, namespaces: tuple[str, ...], route: str = ""
) -> Access | None:
    """What is declared for one address, or None."""
    callback = pattern.callback
    own = getattr(callback, "access", None)
    if isinstance(own, Access):
        return own
    for namespace in namespaces:
        if namespace in _namespaces:
            return _namespaces[namespace]
    module = getattr(getattr(callback, "view_class", callback), "__module__", "")
    for prefix, kind in _modules.items():
        if module == prefix or module.startswith(prefix + "."):
            return kind
    for mount, kind in _mounts.items():
        if route.startswith(mount):
            return kind
    return None


def every_address(
    resolver: URLResolver | None = None, route: str = "", namespaces: tuple[str, ...] = ()
) -> Iterator[tuple[str, URLPattern, tuple[str, ...]]]:
    """Every address of the project: `(route, pattern, namespaces)`.

    The part that names the language is written "<language>/".
    """
    for pattern in (resolver or get_resolver()).url_patterns:
        prefixed = isinstance(pattern.pattern, LocalePrefixPattern)
        here = route + ("<language>/" if prefixed else str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from every_address(pattern, here, inner)
        else:
            yield here, pattern, namespaces


def undeclared_addresses() -> list[str]:
    """The routes that declare no access; the project does not start while there is one."""
    return [
        route
        for route, pattern, namespaces in every_address()
        if declared_access(pattern, namespaces, route) is None
    ]


def refuse_undeclared_addresses() -> None:
    """Called by the WSGI and ASGI entries, which run no system checks of their own."""
    routes = undeclared_addresses()
    if routes:
        raise RuntimeError(f"addresses without declared access: {', '.join(routes)}")
