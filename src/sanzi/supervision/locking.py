"""Write the lock file of the alert models: `python -m sanzi.supervision.locking`.

Refuses when a model changed and its version did not.
"""

from __future__ import annotations

import sys

from sanzi.supervision import catalogue


def stale() -> list[str]:
    """Return the codes of models that changed under the same version."""
    held = catalogue.locked() if catalogue.LOCK.exists() else {}
    return [
        model.code
        for model in catalogue.models().values()
        if model.code in held
        and held[model.code]["version"] == model.version
        and held[model.code]["sm3"] != model.content_digest
    ]


def main() -> int:
    """Write the lock, or name the models that need a new version."""
    for code in (found := stale()):
        sys.stderr.write(f"{code}: changed, raise its version in model.yaml\n")
    if found:
        return 1
    catalogue.LOCK.write_text(catalogue.lock_text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
