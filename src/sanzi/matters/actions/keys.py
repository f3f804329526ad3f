"""Numbers inside drafts under a new key: the payee lines of cases that may still change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db import transaction

from sanzi.matters.models import Case
from sanzi.orgs.actions import rotation
from sanzi.orgs.actions.rotation import Reseal
from sanzi.orgs.secrets import Kind

_KINDS: Final[dict[str, Kind]] = {"sealed_account": "account", "sealed_id_no": "id_no"}


def reseal_drafts(reseal: Reseal, batch: int) -> Iterator[int]:
    """Go through the lines of drafts; a case that somebody saves meanwhile comes next time."""
    last = 0
    while True:
        with transaction.atomic():
            rows = list(
                Case.objects.select_for_update()
                .filter(pk__gt=last, form__has_key="lines")
                .order_by("pk")[:batch]
            )
            if not rows:
                return
            last, count = rows[-1].pk, 0
            for row in rows:
                lines = [_line(line, reseal) for line in row.form["lines"]]
                if lines != row.form["lines"]:
                    row.form = {**row.form, "lines": lines}
                    row.save(update_fields=["form"])
                    count += 1
        yield count


def _line(line: dict[str, Any], reseal: Reseal) -> dict[str, Any]:
    return {
        key: reseal(_KINDS[key], value) if key in _KINDS and value else value
        for key, value in line.items()
    }


def register() -> None:
    """Tell the rotation of keys how to go through this room's drafts."""
    rotation.register("matters_case.form", reseal_drafts)
