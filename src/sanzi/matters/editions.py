"""The version of a matter file that a case began with.

The text of a file is kept with its first case. A case whose version is no longer in force goes on
by the kept text: its fields, its steps, its tiers.
"""

from __future__ import annotations

from datetime import datetime

from sanzi.matters import catalogue, errors
from sanzi.matters.catalogue import Matter
from sanzi.matters.models import Case, MatterText

_kept: dict[tuple[str, str], Matter] = {}


def of(case: Case) -> Matter | None:
    """Return the matter of a case in its own version; None for a power without a file.

    Imported cases know no version: they go by the file in force.
    """
    now = catalogue.get(case.matter_code)
    if now is not None and case.matter_version in ("", now.version):
        return now
    return _earlier(case.matter_code, case.matter_version) or now


def keep(matter: Matter, at: datetime) -> None:
    """Keep the text of a matter for the case that begins now.

    Raises: VersionReused, when the file says something else than under the same version before.
    """
    said = matter.content_digest
    kept, _ = MatterText.objects.get_or_create(
        code=matter.code,
        version=matter.version,
        defaults={"content_digest": said, "text": matter.text, "first_used_at": at},
    )
    if kept.content_digest != said:
        raise errors.VersionReused(matter=matter.title, version=matter.version)


def _earlier(code: str, version: str) -> Matter | None:
    # A kept text never changes, so that each process reads it once.
    known = _kept.get((code, version))
    if known is not None:
        return known
    row = MatterText.objects.filter(code=code, version=version).first()
    if row is None:
        return None
    return _kept.setdefault((code, version), catalogue.build(row.text))
