"""How officers log in: no sign-up, no e-mail; accounts are made by appointment.

The second factor's secrets are sealed at rest like every personal number. An account elsewhere
(DingTalk, WeChat, OIDC) opens the door only when its binding is approved, and the second factor
is asked for then as ever; what allauth would store of it is not stored.
"""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect

from sanzi.interfaces.office.requests import actor_of
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import secrets
from sanzi.orgs.actions import bindings


class OfficerAccountAdapter(DefaultAccountAdapter):
    """Closes sign-up: an officer's account is made with his appointment."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's form
        """Return False: nobody signs up by himself."""
        return False


class OfficerMfaAdapter(DefaultMFAAdapter):
    """Seals the secrets of second factors."""

    def encrypt(self, text: str) -> str:
        """Return the sealed secret."""
        return secrets.seal("totp", text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret behind a seal."""
        return secrets.reveal("totp", encrypted_text)


class OfficerOutsideAdapter(DefaultSocialAccountAdapter):
    """Lets an outside account in by its approved binding, or asks for one when logged in."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        """Return False: nobody signs up by himself."""
        return False

    def list_apps(
        self,
        request: HttpRequest,  # noqa: ARG002 - allauth's shape
        provider: str | None = None,
        client_id: str | None = None,
    ) -> list[SocialApp]:
        """Return the providers of the settings; none is kept in the database."""
        found = [
            SocialApp(provider=name, **one)
            for name, given in settings.SOCIALACCOUNT_PROVIDERS.items()
            for one in given["APPS"]
        ]
        return [
            one
            for one in found
            if provider in (None, one.provider, one.provider_id)
            and client_id in (None, one.client_id)
        ]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Bind, log in or send back; allauth itself goes no further.

        Raises: ImmediateHttpResponse, always.
        """
        account = sociallogin.account
        provider, uid = account.provider, _uid(account.uid, account.extra_data)
        if request.user.is_authenticated:
            self._ask(request, provider, uid, str(account.extra_data.get("nick") or ""))
            raise ImmediateHttpResponse(redirect("office:bindings"))
        user = bindings.user_of(provider=provider, uid=uid)
        if user is None:
            title = bindings.PROVIDERS.get(provider, "")
            messages.error(
                request,
                f"这个{title}号还没有绑定，或者还在等镇里批准。请先用账号和密码登录，再到“账号绑定”里看。",
            )
            raise ImmediateHttpResponse(redirect("account_login"))
        raise ImmediateHttpResponse(
            perform_login(
                request,
                user,
                email_verification="none",
                redirect_url=sociallogin.get_redirect_url(request),
            )
        )

    def _ask(self, request: HttpRequest, provider: str, uid: str, nick: str) -> None:
        at = clock.now()
        try:
            bindings.ask(provider=provider, uid=uid, nick=nick, by=actor_of(request, at), at=at)
        except Refusal as refusal:
            messages.error(request, f"{refusal.text} {refusal.advice}")
        else:
            messages.success(request, "已报上去，等镇里批准后就能用它登录。")


def _uid(uid: str, told: dict[str, object]) -> str:
    """Return the id that is the same in every app of one company, where the provider has one."""
    return str(told.get("unionId") or told.get("unionid") or uid)
