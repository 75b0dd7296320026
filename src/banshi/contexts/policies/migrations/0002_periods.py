"""A policy may repeat: an offer is of one period; and the day on which everybody was last matched is kept."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """结构迁移."""

    dependencies = [("policies", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="offerrow", name="period", field=models.CharField(default="", max_length=7)
        ),
        migrations.AddField(model_name="policyrow", name="looked_on", field=models.DateField(null=True)),
        migrations.RemoveConstraint(model_name="offerrow", name="offer_once"),
        migrations.AddConstraint(
            model_name="offerrow",
            constraint=models.UniqueConstraint(
                fields=("party_id", "policy", "period", "region_code"), name="offer_once"
            ),
        ),
    ]
