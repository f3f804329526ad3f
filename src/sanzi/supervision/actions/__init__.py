"""Writes of the room: checks at gates, releases of holds, the nightly scan, disposal."""

from sanzi.supervision.actions.holds import release_hold as release_hold
