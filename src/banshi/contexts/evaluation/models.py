"""Tables of reviews, visits, appeals, calls and what was handed over. Words and telephone numbers lie in the private table alone."""

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
    window_code = models.CharField(max_length=50, default="")
    party_id = models.UUIDField()
    grade = models.CharField(max_length=20)
    indicators = models.CharField(max_length=60)  # codes, with commas between
    channel = models.CharField(max_length=12)
    signed = models.BooleanField(default=True)  # 实名
    excluded = models.BooleanField(default=False)
    at = models.DateTimeField()
    text_id = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case_id", "assess_number", "region_code"), name="review_once"),
        )
        indexes = (
            models.Index(fields=("office_code", "at"), name="review_office"),
            models.Index(fields=("item_code", "at"), name="review_item"),
            models.Index(
                fields=("window_code", "at"), name="review_window", condition=~models.Q(window_code="")
            ),
            models.Index(fields=("at",), name="review_at"),
        )


class VisitRow(models.Model):
    """窗口服务: what the device at a window offers to rate, until when."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()
    case_id = models.UUIDField()
    assess_number = models.PositiveSmallIntegerField()
    window_code = models.CharField(max_length=50)
    at = models.DateTimeField()
    until_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case_id", "assess_number", "region_code"), name="visit_once"),
        )
        indexes = (models.Index(fields=("window_code", "at"), name="visit_window"),)


class AppealRow(models.Model):
    """差评申诉: at most one of a review."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()
    review_id = models.UUIDField()
    office_code = models.CharField(max_length=40)
    ground = models.CharField(max_length=10)
    text_id = models.UUIDField()
    author = models.CharField(max_length=60)
    at = models.DateTimeField()
    upheld = models.BooleanField(null=True)
    decided_by = models.CharField(max_length=60, default="")
    decided_at = models.DateTimeField(null=True)
    answer_id = models.UUIDField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("review_id", "region_code"), name="appeal_once"),)
        indexes = (
            models.Index(fields=("at",), name="appeal_open", condition=models.Q(decided_at__isnull=True)),
        )


class CallRow(models.Model):
    """回访: what is to be called about, and what came of it; whom to call is encrypted under the same id."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()
    about = models.CharField(max_length=12)
    subject_id = models.UUIDField()
    case_id = models.UUIDField(null=True)
    office_code = models.CharField(max_length=40)
    item_code = models.CharField(max_length=60)
    window_code = models.CharField(max_length=50)
    title = models.CharField(max_length=120)
    barred = models.CharField(max_length=60)
    at = models.DateTimeField()
    due_on = models.DateField()
    next_at = models.DateTimeField()
    status = models.CharField(max_length=8)
    claimed_by = models.CharField(max_length=60, default="")
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=12, default="")
    text_id = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    seq = models.PositiveIntegerField()

    class Meta:
        indexes = (
            models.Index(
                fields=("due_on", "next_at"), name="call_open", condition=models.Q(done_at__isnull=True)
            ),
            models.Index(
                fields=("claimed_by",), name="call_claimed", condition=models.Q(done_at__isnull=True)
            ),
            models.Index(fields=("office_code", "done_at"), name="call_office"),
            models.Index(fields=("subject_id",), name="call_subject"),
        )


class HandoverRow(models.Model):
    """上报: what became of a review (the same id) at the province's platform, the last time that it was handed over."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()
    office_code = models.CharField(max_length=40)
    case_number = models.CharField(max_length=60)
    assess_number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8)
    faults = models.CharField(max_length=200, default="")  # names of fields, with commas between
    answer = models.CharField(max_length=200, default="")
    times = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("case_number", "assess_number"), name="handover_number"),
            models.Index(
                fields=("at",), name="handover_open", condition=models.Q(state__in=("held", "refused"))
            ),
        )


class EvaluationPrivate(Private):
    """评价私密内容: what people wrote or said, and the numbers that they are called at."""
