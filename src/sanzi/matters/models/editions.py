"""The texts of matter files that cases began with."""

from __future__ import annotations

from django.db import models


class MatterText(models.Model):
    """The text of a matter file in a version, as the first case of that version found it."""

    code = models.CharField(max_length=4)
    version = models.CharField(max_length=12)
    content_digest = models.CharField(max_length=64)
    text = models.TextField()
    first_used_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["code", "version"], name="matter_text_once"),
        )
