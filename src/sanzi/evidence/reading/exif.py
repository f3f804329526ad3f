"""When and where a photo was taken, as the phone wrote it into the file. No Django.

What a phone writes can be changed; it is shown as what the photo says, never as proof.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from PIL import ExifTags, Image

from sanzi.kernel import clock

_LATEST_OFFSET: Final = timedelta(hours=14)


@dataclass(frozen=True)
class Taken:
    """What a photo says of itself: aware UTC, millionths of a degree; None where it is silent."""

    at: datetime | None = None
    lat_e6: int | None = None
    lng_e6: int | None = None


def read(data: bytes) -> Taken:
    """Return time and place of a photo; nothing when it says nothing, or nonsense."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            told = picture.getexif()
            inner = told.get_ifd(ExifTags.IFD.Exif)
            place = told.get_ifd(ExifTags.IFD.GPSInfo)
    except (OSError, ValueError, SyntaxError, KeyError):
        return Taken()
    lat = _degrees(place.get(ExifTags.GPS.GPSLatitude), place.get(ExifTags.GPS.GPSLatitudeRef))
    lng = _degrees(place.get(ExifTags.GPS.GPSLongitude), place.get(ExifTags.GPS.GPSLongitudeRef))
    if lat is None or lng is None or abs(lat) > 90_000_000 or abs(lng) > 180_000_000:
        lat = lng = None
    return Taken(_moment(inner), lat, lng)


def _moment(inner: Any) -> datetime | None:
    text = str(inner.get(ExifTags.Base.DateTimeOriginal) or "")
    try:
        bare = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the zone stands apart
    except ValueError:
        return None
    return bare.replace(tzinfo=_zone(inner)).astimezone(UTC)


def _zone(inner: Any) -> Any:
    text = str(inner.get(ExifTags.Base.OffsetTimeOriginal) or "")
    try:
        sign = -1 if text[:1] == "-" else 1
        offset = sign * timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    except ValueError:
        return clock.SHANGHAI
    return timezone(offset) if abs(offset) <= _LATEST_OFFSET else clock.SHANGHAI


def _degrees(parts: Any, side: Any) -> int | None:
    try:
        degrees, minutes, seconds = (float(one) for one in parts)
        found = round((degrees + minutes / 60 + seconds / 3600) * 1_000_000)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return -found if str(side) in ("S", "W") else found
