"""The payee lines of a payment as somebody types them; nothing here judges a value."""

from __future__ import annotations

from collections.abc import Mapping

LINE_KEYS = ("kind", "payee_id", "name", "account", "bank_code", "amount", "note")
LINES_TYPED_MAX = 10


def typed_lines(posted: Mapping[str, str]) -> list[dict[str, str]] | None:
    """Return the payee lines that were typed, without empty ones; None when the form has none."""
    if "line-count" not in posted:
        return None
    found = []
    for place in range(LINES_TYPED_MAX + 1):
        line = {key: posted.get(f"line-{place}-{key}", "").strip() for key in LINE_KEYS}
        is_typed = any(line[key] for key in ("name", "payee_id", "account", "amount"))
        if is_typed and posted.get("drop") != str(place):
            found.append({**line, "kind": line["kind"] or "person", "was": str(place + 1)})
    return found
