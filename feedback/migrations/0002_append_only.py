from django.db import migrations

from common.triggers import append_only, freeze_when, freeze_with_parent

VERSION = "SELECT v.published_at FROM feedback_surveyversion v WHERE v.id = {row}.version_id"


class Migration(migrations.Migration):
    dependencies = [("feedback", "0001_initial")]
    operations = [
        freeze_when("feedback_surveyversion", "published_at"),
        freeze_with_parent("feedback_question", VERSION),
        append_only("feedback_invitation"),
    ]
