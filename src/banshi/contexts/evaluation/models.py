"""Tables of the reviews."""

from __future__ import annotations

from django.db import models

from banshi.infra.private import Private


class Review(models.Model):
    """评价: one of each service of a case. `party_id` is for its giver's own rights; no question of staff answers it."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()
    case_id = models.UUIDField()
    assess_number = models.PositiveSmallIntegerField()
    item_code = models.CharField(max_length=60)
    office_code = models.CharField(max_length=40)
    party_id = models.UUIDField()
    grade = models.CharField(max_length=20)
    indicators = models.CharField(max_length=60)  # codes, with commas between
    channel = models.CharField(max_length=12)
    at = models.DateTimeField()
    text_id = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case_id", "assess_number", "region_code"), name="review_once"),
        )
        indexes = (models.Index(fields=("office_code", "at"), name="review_office"),)


class EvaluationPrivate(Private):
    """评价私密内容: what people wrote."""
