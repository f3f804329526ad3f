"""Root addresses: each face keeps its own list."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("sanzi.interfaces.portal.urls")),
    path("api/v1/", include("sanzi.interfaces.api.urls")),
    path("office/", include("sanzi.interfaces.office.urls")),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/outside/", include("sanzi.interfaces.office.outside")),
]

if not settings.SANZI.is_production:
    # The components side by side, for those who build pages.
    urlpatterns += [path("look/", include("sanzi.interfaces.look.urls"))]

if settings.SANZI.name == "demo":
    urlpatterns += [path("demo/", include("sanzi.interfaces.office.demo"))]
