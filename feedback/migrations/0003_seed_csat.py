"""The one question that is asked after a refund."""

from django.db import migrations
from django.utils import timezone

QUESTIONS = [
    {
        "position": 1,
        "kind": "CSAT",
        "text_ko": "이번 취소·환불 처리에 얼마나 만족하셨나요?",
        "text_en": "How satisfied are you with how we handled your cancellation?",
        "required": True,
    },
    {
        "position": 2,
        "kind": "TEXT",
        "text_ko": "더 하고 싶은 말씀이 있다면 적어 주세요. (선택)",
        "text_en": "Anything you would like to add? (optional)",
        "required": False,
    },
]


def seed(apps, schema_editor):
    def get(name):
        return apps.get_model("feedback", name).objects

    survey, _ = get("Survey").get_or_create(
        code="csat", defaults={"kind": "CSAT", "name": "환불 후 만족도"}
    )
    version, is_new = get("SurveyVersion").get_or_create(survey=survey, number=1)
    if not is_new:
        return
    for question in QUESTIONS:
        get("Question").create(version=version, **question)
    # Published last: from here on version and questions are frozen.
    get("SurveyVersion").filter(pk=version.pk).update(published_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("feedback", "0002_append_only")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
