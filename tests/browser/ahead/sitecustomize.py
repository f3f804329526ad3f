"""Puts the platform's clock ahead in every Python program that is started with this folder.

The file that SANZI_TEST_CLOCK names holds the seconds; it is read again at each look at the
clock, so that a story moves days on by writing to it. The bank has a clock of its own, which a
story sets through its control door: it only begins as far ahead. See `browser.days`.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sanzi.kernel import clock

_AHEAD = Path(os.environ["SANZI_TEST_CLOCK"])


if "sanzi_bank.main" in sys.orig_argv:
    _real, _at_first = time.time, int(_AHEAD.read_text(encoding="ascii"))
    time.time = lambda: _real() + _at_first


def _now() -> datetime:
    """Return the real time and what the story is ahead of it."""
    return datetime.now(tz=UTC) + timedelta(seconds=int(_AHEAD.read_text(encoding="ascii")))


clock.now = _now
