"""The disposal loop in the small world: files on alerts, alerts brought to a state."""

from __future__ import annotations

import io
from datetime import datetime

from PIL import Image

from sanzi.evidence.actions import files
from sanzi.orgs.actors import Actor
from sanzi.supervision.actions import routing
from sanzi.supervision.models import Alert


def picture(shade: int = 120) -> bytes:
    """Return a small PNG; another shade is another file."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, shade, 90)).save(out, format="PNG")
    return out.getvalue()


def hang(ext_id: str, by: Actor, at: datetime, kind: str = "rectified", shade: int = 120) -> str:
    """Hang a picture on an alert and return its ext id."""
    upload = files.Upload("退款回单.png", kind, picture(shade), may_be_invoice=False)
    return files.store(by=by, at=at, upload=upload, subject_kind="alert", subject_id=ext_id).ext_id


def route_to_discipline(alert: Alert) -> None:
    """Bring an alert to the step of its route where the discipline office of the town has it."""
    alert.route_step = [one.letter for one in routing.signs_of(alert)].index("D")
    alert.route_role = "town_discipline_office"
    alert.save(update_fields=["route_step", "route_role"])
