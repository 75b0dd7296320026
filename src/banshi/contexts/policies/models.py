"""Tables of the policies. Names, numbers and what is known of people lie in the private table alone."""

from __future__ import annotations

from django.db import models

from banshi.infra.private import Private


class Place(models.Model):
    """政策库里的一行: abstract; every table has its county (or the policy's region) first in its key."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()

    class Meta:
        abstract = True


class PolicyRow(models.Model):
    """政策: as published, with its money here; 分."""

    pk = models.CompositePrimaryKey("region_code", "code")
    region_code = models.CharField(max_length=6)
    code = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    content = models.TextField()
    open = models.BooleanField(default=True)
    retired = models.BooleanField(default=False)
    budget_fen = models.BigIntegerField(null=True)
    committed_fen = models.BigIntegerField(default=0)
    seq = models.PositiveIntegerField()
    looked_on = models.DateField(null=True)


class OfferRow(Place):
    """匹配: one policy for one party, and (where it repeats) one period."""

    party_id = models.UUIDField()
    policy = models.CharField(max_length=60)
    period = models.CharField(max_length=7, default="")
    version = models.PositiveIntegerField()
    standing = models.CharField(max_length=12)
    failing = models.CharField(max_length=60)
    missing = models.TextField()
    instead = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField(null=True)
    status = models.CharField(max_length=10)
    to_check = models.BooleanField(default=False)
    seq = models.PositiveIntegerField()
    matched_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("party_id", "policy", "period", "region_code"), name="offer_once"
            ),
        )
        indexes = (models.Index(fields=("policy", "status", "claimed_at"), name="offer_policy"),)


class KnownRow(Place):
    """已知数据: what one source told of a party; the data themselves are encrypted under the same id."""

    party_id = models.UUIDField()
    source = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("party_id",), name="known_party"),)


class RunRow(Place):
    """匹配批次."""

    scope = models.CharField(max_length=6)
    codes = models.TextField()
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    cursor_region = models.CharField(max_length=6)
    cursor_party = models.UUIDField(null=True)
    found = models.TextField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("ended_at", "started_at"), name="run_open"),)


class AppealRow(Place):
    """申诉."""

    offer_id = models.UUIDField()
    party_id = models.UUIDField()
    policy = models.CharField(max_length=60)
    text_id = models.UUIDField()
    answer_id = models.UUIDField(null=True)
    outcome = models.CharField(max_length=10)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("policy", "outcome", "at"), name="appeal_policy"),
            models.Index(fields=("offer_id",), name="appeal_offer"),
        )


class BriefingRow(Place):
    """政策宣讲."""

    title = models.CharField(max_length=120)
    codes = models.TextField()
    starts_at = models.DateTimeField()
    place = models.CharField(max_length=120)
    link = models.CharField(max_length=300)
    office = models.CharField(max_length=40)
    views = models.PositiveIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("starts_at",), name="briefing_starts"),)


class AttendanceRow(Place):
    """参加宣讲: who signed up, and whether they came."""

    briefing_id = models.UUIDField()
    party_id = models.UUIDField()
    signed_at = models.DateTimeField()
    came_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("briefing_id", "party_id", "region_code"), name="attendance_once"
            ),
        )


class PaperRow(Place):
    """政策材料."""

    title = models.CharField(max_length=120)
    department = models.CharField(max_length=32)
    policy = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()


class WindowRow(Place):
    """政策服务窗口."""

    hall = models.CharField(max_length=40)
    window = models.CharField(max_length=10)
    departments = models.CharField(max_length=300)
    hours = models.CharField(max_length=120)


class PoliciesPrivate(Private):
    """政策私密内容: what is known of a party, what a claim rested on, appeals, reasons."""
