"""Tables of the public log: leaves, tiles, checkpoints. All but salts are only added to."""

from __future__ import annotations

from django.db import models


class Log(models.Model):
    """The one row under whose lock leaves are added; how many there are."""

    size = models.BigIntegerField(default=0)


class Reach(models.Model):
    """Up to which row of a source was looked; rows below by less than a window are looked at anew.

    A row that committed late has a smaller number than what is in the log already.
    """

    kind = models.CharField(max_length=20, primary_key=True)
    last_id = models.BigIntegerField(default=0)


class Leaf(models.Model):
    """One leaf: of what it tells, and its bytes as text. Its salt is null where it never had one.

    A destroyed salt is empty: the leaf stays, and nothing can be proved of its subject any more.
    """

    index = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=60)
    text = models.TextField()
    salt = models.BinaryField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "subject"], name="leaf_once"),)


class Tile(models.Model):
    """Up to 256 hashes of one level, 32 bytes each, by both hashes. Grows until it is full."""

    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    sha256 = models.BinaryField()
    sm3 = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["level", "index"], name="tile_once"),)


class Checkpoint(models.Model):
    """The head of the log at a moment, as it was signed; cosignatures are added to the note."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    signed_at = models.DateTimeField()
