"""Write the lock file of the matter files: `python -m sanzi.matters.locking`.

Refuses when a file changed and its version did not: running cases keep the version they began
with, so that one version can only mean one text.
"""

from __future__ import annotations

import json
import sys

from sanzi.matters import catalogue


def locked() -> dict[str, dict[str, str]]:
    """Return the lock file: code -> version and SM3 of what was shipped under it."""
    found: dict[str, dict[str, str]] = json.loads(catalogue.LOCK.read_text(encoding="utf-8"))
    return found


def stale(held: dict[str, dict[str, str]]) -> list[str]:
    """Return the codes of shipped files that changed under the same version."""
    return [
        code
        for code, now in _now().items()
        if code in held
        and held[code]["version"] == now["version"]
        and held[code]["sm3"] != now["sm3"]
    ]


def _now() -> dict[str, dict[str, str]]:
    found = map(catalogue.load, catalogue.shipped())
    return {one.code: {"version": one.version, "sm3": one.content_digest} for one in found}


def main() -> int:
    """Write the lock, or name the matters that need a new version."""
    for code in (found := stale(locked() if catalogue.LOCK.exists() else {})):
        sys.stderr.write(f"{code}: changed, raise its version in the file\n")
    if found:
        return 1
    text = json.dumps(_now(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    catalogue.LOCK.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
