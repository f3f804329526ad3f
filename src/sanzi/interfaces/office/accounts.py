"""How officers log in: no sign-up, no e-mail; accounts are made by appointment.

The second factor's secrets are sealed at rest like every personal number.
"""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from sanzi.orgs import secrets


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
