"""Tables of the cases: the state row that lists read, what waits for whom, documents, and the private table."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Coalesce, Least

from banshi.contexts.cases.store import rows
from banshi.infra.private import Private


class Case(models.Model):
    """办件: `state` is the folded state as JSON; the other columns are what lists filter and order by."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()
    seq = models.PositiveIntegerField()
    state = models.TextField()
    number = models.CharField(max_length=23)
    application_id = models.UUIDField()
    party_id = models.UUIDField()
    subject_id = models.UUIDField()
    item_code = models.CharField(max_length=60)
    item_name = models.CharField(max_length=120)
    office_code = models.CharField(max_length=40)
    hall_code = models.CharField(max_length=40)
    status = models.CharField(max_length=16)
    received_on = models.DateField()
    due_on = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)  # a promise in hours ends at an instant
    warn_on = models.DateField(null=True)
    statutory_due_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    next_check_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("number", "region_code"), name="case_number"),)
        indexes = (
            models.Index(fields=("application_id", "region_code"), name="case_application"),
            models.Index(fields=("party_id", "region_code", "received_on"), name="case_party"),
            models.Index(fields=("office_code", "received_on", "id"), name="case_office"),
            models.Index(
                fields=("next_check_at",), name="case_check", condition=models.Q(next_check_at__isnull=False)
            ),
        )


class Task(models.Model):
    """待办: one row for each thing that waits; a work list is one query of this table."""

    pk = models.CompositePrimaryKey("region_code", "case_id", "key")
    region_code = models.CharField(max_length=6)
    case_id = models.UUIDField()
    key = models.CharField(max_length=60)
    title = models.CharField(max_length=60)
    office_code = models.CharField(max_length=40)
    post = models.CharField(max_length=20)
    holder = models.CharField(max_length=60)
    since_on = models.DateField()
    due_on = models.DateField(null=True)
    warn_on = models.DateField(null=True)
    number = models.CharField(max_length=23)
    item_name = models.CharField(max_length=120)
    case_due_on = models.DateField(null=True)
    case_warn_on = models.DateField(null=True)
    # The earlier of both clocks, reckoned by the database: what is red or yellow is a range of an index.
    ends_on = models.GeneratedField(
        expression=Least(Coalesce("due_on", "case_due_on"), Coalesce("case_due_on", "due_on")),
        output_field=models.DateField(null=True),
        db_persist=True,
    )
    warns_on = models.GeneratedField(
        expression=Least(Coalesce("warn_on", "case_warn_on"), Coalesce("case_warn_on", "warn_on")),
        output_field=models.DateField(null=True),
        db_persist=True,
    )

    class Meta:
        indexes = (
            models.Index(fields=("office_code", "post", "due_on", "case_id"), name="task_list"),
            models.Index(
                fields=("ends_on", "case_id", "key", "region_code", "office_code", "warns_on"),
                name="task_lights",
            ),
        )


class Block(models.Model):
    """不得再次申请: who concealed or cheated does not apply for this item again for one or three years (arts. 78, 79)."""

    pk = models.CompositePrimaryKey("region_code", "case_id")
    region_code = models.CharField(max_length=6)
    case_id = models.UUIDField()
    party_id = models.UUIDField()
    item_code = models.CharField(max_length=60)
    until_on = models.DateField()
    rule = models.CharField(max_length=20)

    class Meta:
        indexes = (models.Index(fields=("party_id", "item_code"), name="block_party"),)


class Document(models.Model):
    """文书: in the transaction a number, a template and frozen data; its PDF is rendered afterwards, once."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()
    case_id = models.UUIDField()
    kind = models.CharField(max_length=24)
    template_version = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=40)
    data = models.TextField()
    text_id = models.UUIDField(null=True)
    issued_on = models.DateField()
    file = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("number", "region_code"), name="document_number"),)
        indexes = (models.Index(fields=("case_id", "region_code"), name="document_case"),)


class CasePrivate(Private):
    """办件私密内容: what the applicant stated, materials' names, reasons, opinions."""

    rows = rows.PRIVATE
