from django.db import migrations

from common.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [
        append_only("orders_stockentry"),
        append_only("orders_refundattempt", once=("result", "http_status", "trace_id")),
        append_only("orders_directsettlement"),
    ]
