"""Tables that every context writes through the door: facts, outbox, receipts, counters; sessions, files, audit trail.

Keys are composite from the first day: the county's `region_code` stands first in each.
"""

from __future__ import annotations

from django.db import models


class Fact(models.Model):
    """事实: append-only; the triggers of the first migration refuse to change or delete a row."""

    pk = models.CompositePrimaryKey("region_code", "stream_id", "seq")
    region_code = models.CharField(max_length=6)
    stream_id = models.UUIDField()
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=80)
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    command_id = models.UUIDField(null=True)
    data = models.TextField()

    class Meta:
        indexes = (models.Index(fields=("kind", "region_code", "at"), name="fact_kind"),)


class Receipt(models.Model):
    """回执: what a command answered; a repeat of the command gets the same answer and does nothing."""

    pk = models.CompositePrimaryKey("region_code", "command_id")
    region_code = models.CharField(max_length=6)
    command_id = models.UUIDField()
    at = models.DateTimeField()
    result = models.TextField()


class Outbox(models.Model):
    """发件箱: one row per fact and handler that is to hear of it afterwards."""

    PENDING, DONE, DEAD = 0, 1, 2

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()
    stream_id = models.UUIDField()
    seq = models.PositiveIntegerField()
    handler = models.CharField(max_length=60)
    state = models.PositiveSmallIntegerField(default=PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    error = models.CharField(max_length=300, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("stream_id", "seq", "handler", "region_code"), name="outbox_once"
            ),
        )
        indexes = (models.Index(fields=("due_at",), name="outbox_due", condition=models.Q(state=0)),)


class CounterDelta(models.Model):
    """计数增量: insert-only; summed on reading, folded by the scheduler."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()
    name = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    delta = models.IntegerField()

    class Meta:
        indexes = (
            models.Index(fields=("name", "key", "region_code"), name="delta_name", include=("delta",)),
        )


class Counter(models.Model):
    """计数: the folded sum of deltas."""

    pk = models.CompositePrimaryKey("region_code", "name", "key")
    region_code = models.CharField(max_length=6)
    name = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    value = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=("name", "key"), name="counter_name"),)


class Session(models.Model):
    """会话: found by the digest of its key; its content is encrypted; `account` lets a disabled account's sessions end."""

    key_digest = models.CharField(max_length=64, primary_key=True)
    account = models.CharField(max_length=60, db_index=True)
    content = models.BinaryField()
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)


class File(models.Model):
    """文件: a stored blob's name is the keyed digest of its content; the content lies encrypted in the files folder."""

    digest = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveIntegerField()
    media_type = models.CharField(max_length=60)
    stored_at = models.DateTimeField()


class Audit(models.Model):
    """审计记录: sign-ins, refusals, and views of personal data; append-only. What changes anything is a fact already."""

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=60, db_index=True)
    act = models.CharField(max_length=40)
    target = models.CharField(max_length=100)
    outcome = models.CharField(max_length=40)
    address = models.CharField(max_length=45)
    request_id = models.CharField(max_length=32)


class Throttle(models.Model):
    """限制: failures counted per key (account or address, as a digest), so that guessing is delayed."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField()
    blocked_until = models.DateTimeField()
