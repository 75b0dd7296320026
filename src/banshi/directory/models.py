"""Tables of the directory: reference tables with ordinary keys, and persons and firms apart, by county."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models

from banshi.infra.private import Private


class Region(models.Model):
    """行政区划: province, city, county, town, village (GB/T 2260; statistical codes below the county)."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=80)
    level = models.PositiveSmallIntegerField()
    parent = models.CharField(max_length=9, db_index=True)


class Office(models.Model):
    """部门: the office of one department in one county or city, as `350502-market`."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=80)
    department = models.CharField(max_length=32)
    region_code = models.CharField(max_length=6)
    uscc = models.CharField(max_length=18, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("department", "region_code"), name="office_once"),)
        indexes = (models.Index(fields=("region_code",), name="office_region"),)


class Hall(models.Model):
    """政务服务大厅: a hall of a county or city."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=80)
    region_code = models.CharField(max_length=6, db_index=True)
    address = models.CharField(max_length=120, blank=True)
    hours = models.CharField(max_length=120, blank=True)


class Window(models.Model):
    """窗口: one counter of a hall."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="windows")
    number = models.CharField(max_length=10)
    kind = models.CharField(max_length=10)
    note = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("hall", "number"), name="window_once"),)


class Staff(AbstractBaseUser):
    """工作人员: a sign-in of somebody who works here; no citizen is among them. `region_code` says who administers it."""

    username = models.CharField(max_length=40, unique=True)
    display_name = models.CharField(max_length=40)
    region_code = models.CharField(max_length=6, db_index=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    # Sign-ins are in the audit trail; a write at each of them here would only repeat it.
    last_login = None

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name", "region_code"]


class PostHeld(models.Model):
    """任职: somebody holds a post at an office or hall (none for a region's posts), from one day to another."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="posts")
    kind = models.CharField(max_length=20)
    office = models.CharField(max_length=40, blank=True)
    region_code = models.CharField(max_length=6)
    from_on = models.DateField()
    until_on = models.DateField(null=True)

    class Meta:
        indexes = (models.Index(fields=("office", "kind"), name="post_office"),)


class Party(models.Model):
    """主体: a person or a firm that applies. What is known of them lies in PartyPrivate, under the same key."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()
    kind = models.CharField(max_length=10)
    id_index = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("id_index", "region_code"), name="party_once"),)


class PartyIndex(models.Model):
    """主体索引: one number, one party, wherever; the number only as a keyed digest."""

    id_index = models.CharField(max_length=64, primary_key=True)
    region_code = models.CharField(max_length=6)
    party_id = models.UUIDField(unique=True)


class PartyPrivate(Private):
    """主体信息: name, number, phone, address, encrypted."""


class Account(models.Model):
    """群众账号: a sign-in by phone number, for one person."""

    id = models.UUIDField(primary_key=True)
    login_index = models.CharField(max_length=64, unique=True)
    password = models.CharField(max_length=128)
    party_region = models.CharField(max_length=6)
    party_id = models.UUIDField(db_index=True)
    is_active = models.BooleanField(default=True)
    verified = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("party_id",),
                condition=models.Q(verified=True, is_active=True),
                name="account_verified_once",
            ),
        )


class Mandate(models.Model):
    """代办关系: who may act for which firm or person."""

    id = models.UUIDField(primary_key=True)
    agent_region = models.CharField(max_length=6)
    agent_id = models.UUIDField(db_index=True)
    principal_region = models.CharField(max_length=6)
    principal_id = models.UUIDField(db_index=True)
    role = models.CharField(max_length=20)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
