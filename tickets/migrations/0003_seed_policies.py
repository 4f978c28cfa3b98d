"""The first versions of what decides: the support promise, who may say yes, the replay's rule."""

from django.db import migrations
from django.utils import timezone

HOUR = 60


def seed(apps, schema_editor):
    now = timezone.now()

    def get(name):
        return apps.get_model("tickets", name).objects

    sla, _ = get("SLAPolicy").get_or_create(code="default", defaults={"name": "기본 응대 약속"})
    get("SLAPolicyVersion").get_or_create(
        policy=sla,
        number=1,
        defaults={
            "first_reply_minutes": 4 * HOUR,
            "next_reply_minutes": 8 * HOUR,
            "decision_minutes": 9 * HOUR,
            "warn_percent": 75,
            "published_at": now,
        },
    )
    decision, _ = get("DecisionPolicy").get_or_create(
        code="default", defaults={"name": "기본 승인 권한"}
    )
    get("DecisionPolicyVersion").get_or_create(
        policy=decision,
        number=1,
        defaults={
            "limits": {
                "KRW": {"agent": 100_000, "lead": 500_000},
                "GBP": {"agent": 10_000, "lead": 50_000},
            },
            "published_at": now,
        },
    )
    # Without author or approver; its one condition keeps it to history.
    rule, _ = get("AutoRule").get_or_create(code="replay", defaults={"name": "과거 취소 재현"})
    get("AutoRuleVersion").get_or_create(
        rule=rule,
        number=1,
        defaults={"conditions": {"source": "REPLAY"}, "published_at": now},
    )


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_append_only"), ("common", "0003_seed_calendar")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
