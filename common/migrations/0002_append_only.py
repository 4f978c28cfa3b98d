from django.db import migrations

from common.triggers import append_only, freeze_when


class Migration(migrations.Migration):
    dependencies = [("common", "0001_initial")]
    operations = [
        append_only("common_event", once=("seq", "hash")),
        freeze_when("common_calendarversion", "published_at"),
    ]
