"""Tables of the certificates: the state row, the place of every number, and the private table."""

from __future__ import annotations

from django.db import models

from banshi.infra.private import Private


class Certificate(models.Model):
    """证照: `state` is the folded state as JSON; the other columns are what it is found and ordered by."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=6)
    id = models.UUIDField()
    seq = models.PositiveIntegerField()
    state = models.TextField()
    identifier = models.CharField(max_length=100)
    type_key = models.CharField(max_length=60)
    case_id = models.UUIDField()
    party_id = models.UUIDField()
    status = models.CharField(max_length=10)
    issued_on = models.DateField()
    valid_until_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case_id", "type_key", "region_code"), name="certificate_once"),
            models.UniqueConstraint(fields=("identifier", "region_code"), name="certificate_identifier"),
        )
        indexes = (models.Index(fields=("party_id", "issued_on"), name="certificate_party"),)


class CertificateIndex(models.Model):
    """证照索引: where the certificate of a national identifier or number lies; both are unique everywhere."""

    identifier = models.CharField(max_length=100, primary_key=True)
    number = models.CharField(max_length=60, unique=True)
    region_code = models.CharField(max_length=6)
    certificate_id = models.UUIDField()


class CertificatePrivate(Private):
    """证照私密内容: the holder under the certificate's id, the reasons of a revocation under their own."""
