"""What is issued stays, and the figures of a report stay as they were made."""

from __future__ import annotations

from django.db import migrations

from sanzi.audit.irreversible import Guard, Lay

TABLE = "insight_report"
STAYS = "an issued report stays as it is"
FROZEN = (
    "code", "version", "division_code", "period", "number", "state", "digest", "remark",
    "issued_by_name", "issued_at", "seen_at", "made_at",
)  # fmt: skip
CHANGED = " OR ".join(f"NEW.{one} <> OLD.{one}" for one in FROZEN)
BODY = "CAST(NEW.body AS TEXT) <> CAST(OLD.body AS TEXT)"
LAID = Lay(
    (),
    (
        Guard(
            "insight_report_stays", TABLE, "BEFORE UPDATE",
            f"OLD.state = 'issued' AND ({CHANGED} OR {BODY} OR NEW.issued_at IS NULL)", STAYS,
        ),
        Guard("insight_report_kept", TABLE, "BEFORE DELETE", "OLD.state = 'issued'", STAYS),
        Guard(
            "insight_report_body_stays", TABLE, "BEFORE UPDATE",
            f"OLD.state <> 'asked' AND ({BODY} OR NEW.digest <> OLD.digest)",
            "the figures of a report are frozen when it is made",
        ),
    ),
    kept=(TABLE,),
)  # fmt: skip


class Migration(migrations.Migration):
    """Lay the triggers."""

    dependencies = (("insight", "0005_reports"),)
    operations = (migrations.RunPython(LAID, LAID.lift),)
