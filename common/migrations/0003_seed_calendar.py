"""The business hours a new desk starts with."""

from django.db import migrations
from django.utils import timezone

HALVES = [["09:00", "12:00"], ["13:00", "18:00"]]


def seed(apps, schema_editor):
    calendar, _ = apps.get_model("common", "Calendar").objects.get_or_create(
        code="default", defaults={"name": "평일 09-12, 13-18시"}
    )
    apps.get_model("common", "CalendarVersion").objects.get_or_create(
        calendar=calendar,
        number=1,
        defaults={
            "zone": "Asia/Seoul",
            "hours": {str(day): HALVES for day in range(5)},
            "published_at": timezone.now(),
        },
    )


class Migration(migrations.Migration):
    dependencies = [("common", "0002_append_only")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
