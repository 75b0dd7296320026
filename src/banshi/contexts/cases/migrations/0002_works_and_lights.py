from typing import Any

from django.db import migrations, models


def wait_since_receipt(apps: Any, schema: Any) -> None:
    """Since when a task of before has waited was not kept; at the latest since its case was received."""
    schema.execute(
        "UPDATE cases_task SET since_on = (SELECT received_on FROM cases_case"
        " WHERE cases_case.region_code = cases_task.region_code AND cases_case.id = cases_task.case_id)"
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.AddField("case", "due_at", models.DateTimeField(null=True)),
        migrations.AddField("task", "since_on", models.DateField(null=True)),
        migrations.RunPython(wait_since_receipt, migrations.RunPython.noop),
        migrations.AlterField("task", "since_on", models.DateField()),
        migrations.AddField("task", "warn_on", models.DateField(null=True)),
        migrations.CreateModel(
            name="Block",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "region_code",
                        "case_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("region_code", models.CharField(max_length=6)),
                ("case_id", models.UUIDField()),
                ("party_id", models.UUIDField()),
                ("item_code", models.CharField(max_length=60)),
                ("until_on", models.DateField()),
                ("rule", models.CharField(max_length=20)),
            ],
            options={"indexes": [models.Index(fields=["party_id", "item_code"], name="block_party")]},
        ),
    ]
