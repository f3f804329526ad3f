"""Addresses of log-ins by accounts elsewhere: each provider's two, and what allauth needs beside.

Its own list of connections and its sign-up are not here: `bindings` is the page for that.
"""

from __future__ import annotations

from allauth.socialaccount import views
from allauth.socialaccount.providers.dingtalk.urls import urlpatterns as dingtalk
from allauth.socialaccount.providers.openid_connect.urls import urlpatterns as openid_connect
from allauth.socialaccount.providers.weixin.urls import urlpatterns as weixin
from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

to_bindings = RedirectView.as_view(pattern_name="office:bindings")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", to_bindings, name="socialaccount_connections"),
    path("signup/", to_bindings, name="socialaccount_signup"),
    path("cancelled/", views.login_cancelled, name="socialaccount_login_cancelled"),
    path("error/", views.login_error, name="socialaccount_login_error"),
    *dingtalk,
    *weixin,
    *openid_connect,
]
