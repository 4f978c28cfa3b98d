"""Why this deadline: windows, holidays, pauses and the rule, as the clock really counted."""

from datetime import UTC, date, datetime, timedelta

from django.utils import translation

from common.domain.actors import Actor
from common.models import Event
from tests.factories.rows import MONDAY
from tickets.actions import conversation, decisions, desk
from tickets.actions.decisions import Refusal
from tickets.admin import why
from tickets.models import Clock

# The Wednesday before Chuseok 2026, five in the afternoon in Seoul.
BEFORE_CHUSEOK = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)


def explained(ticket, kind: str, at: datetime, locale: str = "en") -> why.Why:
    """Return the explanation of one clock."""
    clocks = list(Clock.objects.filter(ticket=ticket, kind=kind))
    for clock in clocks:
        clock.warnings = []
    with translation.override(locale):
        return why.explain(clocks, list(Event.objects.about(ticket)), at)[0]


def test_windows_add_up_to_the_target(cast):
    ticket = cast.ticket(at=MONDAY)
    found = explained(ticket, "DECISION", MONDAY)

    assert found.target == "9 h"
    assert found.windows == [
        "Mon 9 Nov 10:00–12:00, 13:00–18:00 = 7 h",
        "Tue 10 Nov 09:00–11:00 = 2 h",
    ]
    assert found.due == "Tue 10 Nov 11:00"
    assert (found.started, found.rule) == ("Mon 9 Nov 10:00", "기본 응대 약속 v1")
    assert found.pauses == found.skipped == []


def test_holidays_that_were_skipped_are_named(cast):
    ticket = cast.ticket(at=BEFORE_CHUSEOK)
    found = explained(ticket, "DECISION", BEFORE_CHUSEOK)

    assert [line.split(" ", 3)[3] for line in found.skipped][:2] == ["추석 전날", "추석"]
    assert found.windows[0] == "Wed 23 Sep 17:00–18:00 = 1 h"
    assert found.windows[1].startswith("Mon 28 Sep")


def test_day_that_the_shop_closes_by_itself_is_named(cast):
    ticket = cast.ticket(at=MONDAY)
    clock = Clock.objects.get(ticket=ticket, kind="DECISION")
    version = clock.calendar_version
    version.days = {"2026-11-10": {"windows": [], "source": "재고 조사"},
                    "2026-11-11": {"windows": [["09:00", "10:00"]], "source": "단축"}}  # fmt: skip

    assert why._day_off(version, date(2026, 11, 10)) == "재고 조사"
    assert why._day_off(version, date(2026, 11, 11)) == ""
    assert why._day_off(version, date(2026, 12, 25)) == "기독탄신일"


def test_pause_is_shown_and_not_counted(cast):
    ticket = cast.ticket(at=MONDAY)
    by = Actor.staff(cast.agent.pk)
    conversation.ask(ticket_id=ticket.pk, body="?", by=by, at=MONDAY + timedelta(hours=1))
    standing = explained(ticket, "DECISION", MONDAY + timedelta(hours=2))
    assert standing.due == ""
    assert standing.state == "stands still since Mon 9 Nov 11:00"
    assert standing.windows == ["Mon 9 Nov 10:00–11:00 = 1 h"]
    assert standing.used == "1 h, 8 h left"

    conversation.buyer_writes(ticket_id=ticket.pk, body="!", at=MONDAY + timedelta(hours=4))
    found = explained(ticket, "DECISION", MONDAY + timedelta(hours=5))

    assert found.pauses == ["Mon 9 Nov 11:00 – Mon 9 Nov 14:00"]
    assert found.windows == [
        "Mon 9 Nov 10:00–11:00, 14:00–18:00 = 5 h",
        "Tue 10 Nov 09:00–12:00, 13:00–14:00 = 4 h",
    ]
    assert found.used == "2 h, 7 h left"


def test_second_round_starts_anew(cast):
    ticket = cast.ticket(at=MONDAY)
    by = Actor.staff(cast.agent.pk)
    at = MONDAY + timedelta(hours=1)
    decisions.refuse(ticket_id=ticket.pk, refusal=Refusal("USED_UP", "x"), by=by, at=at)
    desk.reopen(ticket_id=ticket.pk, by=by, at=MONDAY + timedelta(hours=4))

    found = explained(ticket, "DECISION", MONDAY + timedelta(hours=4))

    assert found.name == "Decision (2)"
    assert found.windows[0] == "Mon 9 Nov 14:00–18:00 = 4 h"
    first = Clock.objects.get(ticket=ticket, kind="DECISION", round=1)
    first.warnings = []
    with translation.override("en"):
        ended = why.explain([first], list(Event.objects.about(ticket)), at)[0]
    assert ended.state == "met on Mon 9 Nov 11:00"
    assert ended.used == "1 h, 8 h left"


def test_the_law_names_its_article_and_ends_with_the_day(cast):
    ticket = cast.ticket(at=MONDAY)
    found = explained(ticket, "STATUTE", MONDAY, locale="ko")

    assert found.due == "11월 12일 (목) 24:00"
    assert found.rule.startswith("전자상거래법 §18")
    assert found.windows == []


def test_missed_clock_says_so(cast):
    ticket = cast.ticket(at=MONDAY)
    late = MONDAY + timedelta(days=3)
    conversation.reply(ticket_id=ticket.pk, body="x", by=Actor.staff(cast.agent.pk), at=late)

    assert explained(ticket, "FIRST_REPLY", late).state == "missed; ended on Thu 12 Nov 10:00"
    running = explained(ticket, "DECISION", late)
    assert (running.tone, running.state) == ("late", "47 h late")
    assert running.used == "24 h"
