"""Moments and spans as people read them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from common.admin import words

AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _this_year(monkeypatch):
    monkeypatch.setattr(words.timezone, "now", lambda: AT)


@pytest.mark.parametrize(
    ("locale", "moment", "said"),
    [
        ("ko", AT, "11월 26일 (목) 18:00"),
        ("en", AT, "Thu 26 Nov 18:00"),
        ("ko", datetime(2027, 1, 2, 15, 30, tzinfo=UTC), "2027년 1월 3일 (일) 00:30"),
        ("en", datetime(2025, 12, 31, 14, 59, tzinfo=UTC), "Wed 31 Dec 2025 23:59"),
        ("ko", None, "–"),
    ],
)
def test_moment_words(locale, moment, said):
    with translation.override(locale):
        assert words.moment_words(moment) == said


def test_midnight_as_a_due_moment_belongs_to_the_day_before():
    with translation.override("ko"):
        midnight = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
        assert words.end_of_day_words(midnight) == "11월 26일 (목) 24:00"
        assert words.end_of_day_words(AT) == "11월 26일 (목) 18:00"


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (timedelta(seconds=59), "in 0 min"),
        (timedelta(minutes=1), "in 1 min"),
        (timedelta(minutes=59, seconds=59), "in 59 min"),
        (timedelta(hours=1), "in 1 h"),
        (timedelta(hours=47), "in 47 h"),
        (timedelta(days=2), "in 2 days"),
        (timedelta(seconds=-60), "1 min late"),
        (timedelta(hours=-3), "3 h late"),
        (timedelta(days=-9), "9 days late"),
    ],
)
def test_due_words(away, said):
    with translation.override("en"):
        assert words.due_words(AT + away, AT) == said


def test_ago_words():
    with translation.override("en"):
        assert words.ago_words(AT - timedelta(minutes=5), AT) == "5 minutes ago"
        assert words.ago_words(AT - timedelta(hours=1), AT) == "1 hour ago"
        assert words.ago_words(AT - timedelta(days=3), AT) == "3 days ago"
        assert words.ago_words(AT + timedelta(days=3), AT) == "0 minutes ago"


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "0 min"), (59, "59 min"), (60, "1 h"), (200, "3 h 20 min")]
)
def test_span_words(minutes, said):
    with translation.override("en"):
        assert words.span_words(timedelta(minutes=minutes)) == said


def test_day_words_name_the_weekday():
    with translation.override("ko"):
        assert [words.day_words(date(2026, 11, day))[-2] for day in range(23, 30)] == list(
            "월화수목금토일"
        )
