from django.db import migrations

from common.triggers import freeze_when


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]
    operations = [
        freeze_when("tickets_slapolicyversion", "published_at"),
        freeze_when("tickets_decisionpolicyversion", "published_at"),
        freeze_when("tickets_cannedresponseversion", "published_at"),
    ]
