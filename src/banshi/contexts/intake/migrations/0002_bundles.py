from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]

    operations = [
        migrations.AddField("application", "lead_office", models.CharField(default="", max_length=40)),
        migrations.AddField("application", "batch", models.UUIDField(null=True)),
        migrations.AddField("application", "due_on", models.DateField(null=True)),
        migrations.AddField("application", "due_at", models.DateTimeField(null=True)),
        migrations.AddField("application", "warn_on", models.DateField(null=True)),
        migrations.AddField("application", "done_on", models.DateField(null=True)),
        migrations.AddIndex(
            "application",
            models.Index(
                condition=models.Q(("done_on", None), ("due_on__isnull", False)),
                fields=["lead_office", "due_on", "id"],
                name="application_led",
            ),
        ),
        migrations.AddIndex(
            "application",
            models.Index(
                condition=models.Q(("batch__isnull", False)),
                fields=["batch"],
                name="application_batch",
            ),
        ),
    ]
