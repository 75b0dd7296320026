"""Published definitions: immutable rows, one a version; the newest version of a code is in force."""

from __future__ import annotations

from django.db import models


class Definition(models.Model):
    """已发布的定义 of an item, a bundle, or the dictionaries (code `all`). Never changed once written."""

    kind = models.CharField(max_length=12)
    code = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    body = models.TextField()
    published_at = models.DateTimeField()
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind", "code", "version"), name="definition_version"),
        )
