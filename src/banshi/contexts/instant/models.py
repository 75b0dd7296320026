"""Tables of the decisions made at once and of the items for which that was stopped."""

from __future__ import annotations

from django.db import models

from banshi.infra.private import Private


class Decision(models.Model):
    """秒批记录."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()
    case_id = models.UUIDField()
    item = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    office_code = models.CharField(max_length=40)
    at = models.DateTimeField()
    drawn = models.BooleanField()
    finding = models.CharField(max_length=8)
    checked_by = models.CharField(max_length=60)
    checked_at = models.DateTimeField(null=True)
    text_id = models.UUIDField(null=True)
    seq = models.PositiveIntegerField()

    class Meta:
        indexes = (
            models.Index(fields=("office_code", "at"), name="instant_office"),
            models.Index(fields=("item", "region_code"), name="instant_item"),
        )


class ItemSwitch(models.Model):
    """停用 of an item in a county; the row comes with the first stop."""

    pk = models.CompositePrimaryKey("region_code", "item")
    region_code = models.CharField(max_length=6)
    item = models.CharField(max_length=60)
    office_code = models.CharField(max_length=40)
    stopped = models.BooleanField()
    by = models.CharField(max_length=60)
    at = models.DateTimeField()
    text_id = models.UUIDField(null=True)
    seq = models.PositiveIntegerField()


class InstantPrivate(Private):
    """秒批私密内容: why an item was stopped, what a check found."""
