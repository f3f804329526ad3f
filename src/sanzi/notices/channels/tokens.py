"""Access tokens of providers: fetched once, kept until they are about to end, dropped at need."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

MARGIN_SECONDS = 300


class TokenKeeper:
    """Keeps one token. `fetch` returns (token, seconds it lives) and may raise ChannelError."""

    def __init__(self, fetch: Callable[[], tuple[str, int]]) -> None:
        """Begin without a token."""
        self._fetch = fetch
        self._lock = threading.Lock()
        self._token, self._until = "", 0.0

    def get(self) -> str:
        """Return a token that lives, fetched when the former one is about to end."""
        with self._lock:
            if not self._token or time.monotonic() >= self._until:
                self._token, seconds = self._fetch()
                self._until = time.monotonic() + max(60, seconds - MARGIN_SECONDS)
            return self._token

    def drop(self) -> None:
        """Forget the token: the provider says that it is no longer good."""
        with self._lock:
            self._token = ""
