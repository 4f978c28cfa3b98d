from django.db import migrations

from common.triggers import freeze_when, freeze_with_parent

VERSION = "SELECT v.published_at FROM training_courseversion v WHERE v.id = {row}.version_id"
VERSION_OF_CHOICE = (
    "SELECT v.published_at FROM training_courseversion v "
    "JOIN training_question q ON q.version_id = v.id WHERE q.id = {row}.question_id"
)


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial")]
    operations = [
        freeze_when("training_courseversion", "published_at"),
        freeze_with_parent("training_lesson", VERSION),
        freeze_with_parent("training_question", VERSION),
        freeze_with_parent("training_choice", VERSION_OF_CHOICE),
        freeze_when("training_attempt", "submitted_at"),
    ]
