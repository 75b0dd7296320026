"""Tables of intake: an application from its first draft to its submission, and what was handed over with it."""

from __future__ import annotations

from django.db import models

from banshi.infra.private import Private


class Application(models.Model):
    """申请: one submission (草稿 until submitted). Answers are choices, not personal; typed values are private."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()
    seq = models.PositiveIntegerField(default=0)
    owner = models.CharField(max_length=60)  # the actor who drafts it: a citizen's account, or a clerk
    party_id = models.UUIDField()
    target = models.CharField(max_length=80)  # item:code or bundle:code
    title = models.CharField(max_length=120)
    answers = models.TextField(default="{}")
    versions = models.TextField(default="{}")  # item code → version, fixed at submission
    channel = models.CharField(max_length=12)
    hall_code = models.CharField(max_length=40)
    window_no = models.CharField(max_length=10)
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    # 一件事: the leading office and the clock of the whole; all empty for a single item.
    lead_office = models.CharField(max_length=40, default="")
    batch = models.UUIDField(null=True)  # several firms' applications handed in at once
    due_on = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)
    warn_on = models.DateField(null=True)
    done_on = models.DateField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("lead_office", "due_on", "id"),
                name="application_led",
                condition=models.Q(done_on=None, due_on__isnull=False),
            ),
            models.Index(
                fields=("batch",),
                name="application_batch",
                condition=models.Q(batch__isnull=False),
            ),
            models.Index(fields=("owner", "updated_at"), name="application_owner"),
            models.Index(fields=("party_id", "submitted_at"), name="application_party"),
            models.Index(fields=("hall_code", "submitted_at"), name="application_hall"),
        )


class Evidence(models.Model):
    """提交的材料: one row per file or certificate or paper seen at the window, under its material code."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()
    application_id = models.UUIDField()
    material = models.CharField(max_length=40)
    source = models.CharField(max_length=12)  # uploaded, certificate, paper
    file = models.CharField(max_length=64)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    reference = models.CharField(max_length=120)  # a certificate's identifier
    added_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("application_id", "region_code"), name="evidence_application"),)


class IntakePrivate(Private):
    """申请私密内容: typed values by application, names of uploaded files by evidence."""
