"""Tables of the tickets: the state row that lists read, what waits for whom, findings about items, and the private table."""

from __future__ import annotations

from django.db import models

from banshi.contexts.tickets.store import rows
from banshi.infra.private import Private


class Ticket(models.Model):
    """工单: `state` is the folded state as JSON; the other columns are what lists filter and order by."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()
    seq = models.PositiveIntegerField()
    state = models.TextField()
    number = models.CharField(max_length=20)
    origin = models.CharField(max_length=80, null=True)
    kind = models.CharField(max_length=12)
    channel = models.CharField(max_length=12)
    centre = models.CharField(max_length=6)
    category = models.CharField(max_length=40)
    urgency = models.CharField(max_length=10)
    status = models.CharField(max_length=12)
    party_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    contact_index = models.CharField(max_length=64, null=True)
    words_index = models.CharField(max_length=32)
    place = models.CharField(max_length=12)
    office_code = models.CharField(max_length=40)
    parent_id = models.UUIDField(null=True)
    raised_on = models.DateField()
    raised_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    warn_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    next_check_at = models.DateTimeField(null=True)
    occasion_id = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("number", "region_code"), name="ticket_number"),
            models.UniqueConstraint(fields=("origin", "region_code"), name="ticket_origin"),
        )
        indexes = (
            # Lists end in the key, so that a page far down is found without reading the rows before it.
            models.Index(
                fields=("office_code", "raised_on", "id", "status", "region_code"), name="ticket_office"
            ),
            models.Index(fields=("centre", "raised_on", "id", "status", "region_code"), name="ticket_centre"),
            models.Index(
                fields=("centre", "raised_on", "category", "place", "words_index"), name="ticket_topic"
            ),
            models.Index(
                fields=("centre", "category", "raised_on", "id", "region_code"), name="ticket_category"
            ),
            models.Index(fields=("words_index", "raised_on"), name="ticket_words"),
            models.Index(
                fields=("contact_index", "raised_at"),
                name="ticket_contact",
                condition=models.Q(contact_index__isnull=False),
            ),
            models.Index(
                fields=("party_id", "raised_at"),
                name="ticket_party",
                condition=models.Q(party_id__isnull=False),
            ),
            models.Index(
                fields=("centre", "raised_at"),
                name="ticket_public",
                condition=models.Q(channel="open311"),
            ),
            models.Index(
                fields=("occasion_id", "raised_at"),
                name="ticket_occasion",
                condition=models.Q(occasion_id__isnull=False),
            ),
            models.Index(
                fields=("centre", "raised_on", "id"),
                name="ticket_points",
                condition=models.Q(kind="pain_point"),
            ),
            models.Index(fields=("case_id",), name="ticket_case", condition=models.Q(case_id__isnull=False)),
            models.Index(
                fields=("next_check_at",),
                name="ticket_check",
                condition=models.Q(next_check_at__isnull=False),
            ),
        )


class TicketTask(models.Model):
    """待办: one row for each thing that waits; a work list is one query of this table."""

    pk = models.CompositePrimaryKey("region_code", "ticket_id", "key")
    region_code = models.CharField(max_length=6)
    ticket_id = models.UUIDField()
    key = models.CharField(max_length=60)
    office_code = models.CharField(max_length=40)
    post = models.CharField(max_length=20)
    taken_by = models.CharField(max_length=60)
    since_on = models.DateField()
    due_on = models.DateField()  # the end of time where there is none: engines disagree where NULL is sorted
    warn_on = models.DateField(null=True)
    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=12)
    category = models.CharField(max_length=40)
    urgency = models.CharField(max_length=10)

    class Meta:
        indexes = (
            models.Index(
                fields=("office_code", "post", "due_on", "ticket_id", "key", "kind", "region_code"),
                name="ticket_task_list",
            ),
            models.Index(
                fields=("since_on", "ticket_id"),
                name="ticket_supervised",
                condition=models.Q(key="supervision"),
            ),
        )


class ItemDefect(models.Model):
    """事项缺陷: a finding about an item's definition, for whoever keeps the catalogue."""

    pk = models.CompositePrimaryKey("region_code", "ticket_id", "n")
    region_code = models.CharField(max_length=6)
    ticket_id = models.UUIDField()
    n = models.PositiveSmallIntegerField()
    item_code = models.CharField(max_length=60)
    cause = models.CharField(max_length=40)
    part = models.CharField(max_length=20)
    found_on = models.DateField()
    settled = models.CharField(max_length=12)
    settled_on = models.DateField(null=True)

    class Meta:
        indexes = (models.Index(fields=("settled", "item_code", "found_on"), name="defect_item"),)


class BreachFound(models.Model):
    """追责: a breach with the office and post that answer for it, for whoever follows up what was done."""

    pk = models.CompositePrimaryKey("region_code", "ticket_id", "n")
    region_code = models.CharField(max_length=6)
    ticket_id = models.UUIDField()
    n = models.PositiveSmallIntegerField()
    breach = models.CharField(max_length=12)
    office_code = models.CharField(max_length=40)
    post = models.CharField(max_length=40)
    staff_code = models.CharField(max_length=60)
    found_on = models.DateField()
    disposed_on = models.DateField(null=True)

    class Meta:
        indexes = (models.Index(fields=("found_on", "office_code", "ticket_id"), name="breach_found"),)


class RewardGiven(models.Model):
    """奖励台账: one line for each ticket that was proposed for a reward; nothing is paid here."""

    pk = models.CompositePrimaryKey("region_code", "ticket_id")
    region_code = models.CharField(max_length=6)
    ticket_id = models.UUIDField()
    centre = models.CharField(max_length=6)
    office_code = models.CharField(max_length=40)
    number = models.CharField(max_length=20)
    level = models.CharField(max_length=40)
    fen = models.PositiveIntegerField()
    points = models.PositiveIntegerField()
    proposed_on = models.DateField()
    granted_on = models.DateField(null=True)
    refused_on = models.DateField(null=True)
    claimed_on = models.DateField(null=True)

    class Meta:
        indexes = (models.Index(fields=("centre", "proposed_on", "ticket_id"), name="reward_list"),)


class Occasion(models.Model):
    """场次: `state` is the folded state as JSON; title, words and questions are private content under its id."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()
    seq = models.PositiveIntegerField()
    state = models.TextField()
    kind = models.CharField(max_length=12)
    centre = models.CharField(max_length=6)
    opens_on = models.DateField()
    closes_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        indexes = (models.Index(fields=("centre", "kind", "opens_on", "id"), name="occasion_list"),)


class TicketPrivate(Private):
    """工单私密内容: who said it, title and text, replies, reasons."""

    rows = rows.PRIVATE
