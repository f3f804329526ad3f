"""How officers log in: no sign-up, no e-mail; accounts are made by appointment."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class OfficerAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no stubs
    """Closes sign-up: an officer's account is made with his appointment."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Return False: nobody signs up by himself."""
        return False
