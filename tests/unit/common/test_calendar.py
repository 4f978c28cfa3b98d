from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain import calendar
from common.domain.calendar import WorkingHours

WEEKDAYS = range(5)
OFFICE = {day: [("09:00", "12:00"), ("13:00", "18:00")] for day in WEEKDAYS}
ALWAYS = {day: [("00:00", "24:00")] for day in range(7)}
NEW_YORK = ZoneInfo("America/New_York")
SEOUL = ZoneInfo("Asia/Seoul")
HOUR = timedelta(hours=1)


def seoul(day, hour, minute=0, second=0):
    """A moment in June 2026; the 1st is a Monday."""
    return datetime(2026, 6, day, hour, minute, second, tzinfo=SEOUL)


@pytest.fixture
def office():
    return WorkingHours(OFFICE, {date(2026, 6, 3)}, "Asia/Seoul")


@pytest.mark.parametrize(
    ("_case", "start", "duration", "end"),
    [
        ("inside a window", seoul(1, 9), HOUR, seoul(1, 10)),
        ("before opening", seoul(1, 3), HOUR, seoul(1, 10)),
        ("over lunch", seoul(1, 11, 30), HOUR, seoul(1, 13, 30)),
        ("ends with the window", seoul(1, 9), 3 * HOUR, seoul(1, 12)),
        ("one second more", seoul(1, 9), timedelta(hours=3, seconds=1), seoul(1, 13, 0, 1)),
        ("ends with the day", seoul(1, 9), 8 * HOUR, seoul(1, 18)),
        ("over a holiday", seoul(2, 17), 2 * HOUR, seoul(4, 10)),
        ("over the weekend", seoul(5, 17), 2 * HOUR, seoul(8, 10)),
        ("starts at closing", seoul(1, 18), HOUR, seoul(2, 10)),
        ("zero in the night stays", seoul(1, 3), timedelta(0), seoul(1, 3)),
        ("keeps the second", seoul(1, 9, 0, 7), HOUR, seoul(1, 10, 0, 7)),
    ],
)
def test_add_counts_open_time_only(_case, start, duration, end, office):
    due = office.add(start, duration)

    assert due == end
    assert due.tzinfo is UTC


@pytest.mark.parametrize(
    ("_case", "a", "b", "used"),
    [
        ("nothing", seoul(1, 10), seoul(1, 10), timedelta(0)),
        ("over lunch", seoul(1, 11), seoul(1, 14), 2 * HOUR),
        ("a closed night", seoul(1, 18), seoul(2, 9), timedelta(0)),
        ("a holiday", seoul(3, 0), seoul(4, 0), timedelta(0)),
        ("a week with a holiday", seoul(1, 0), seoul(8, 0), 32 * HOUR),
        ("seconds", seoul(1, 11, 59, 58), seoul(1, 13, 0, 3), timedelta(seconds=5)),
    ],
)
def test_between_counts_open_time_only(_case, a, b, used, office):
    assert office.between(a, b) == used


def test_add_and_between_are_exact_to_the_microsecond(office):
    start = seoul(1, 9) + timedelta(microseconds=3)
    end = office.add(start, timedelta(hours=3, microseconds=5))

    assert end == seoul(1, 13) + timedelta(microseconds=8)
    assert office.between(start, end) == timedelta(hours=3, microseconds=5)


def test_moments_may_come_in_any_zone(office):
    tokyo = seoul(1, 9).astimezone(timezone(timedelta(hours=9)))

    assert office.add(tokyo, HOUR) == office.add(seoul(1, 9).astimezone(NEW_YORK), HOUR)
    assert office.between(tokyo.astimezone(UTC), seoul(1, 10)) == HOUR


def test_exceptions_win_over_holidays_and_weekly_windows():
    wh = WorkingHours(
        OFFICE,
        {date(2026, 6, 3)},
        "Asia/Seoul",
        exceptions={
            date(2026, 6, 3): [("10:00", "11:00")],  # a holiday worked for an hour
            date(2026, 6, 4): [],  # a day closed
            date(2026, 6, 6): [("09:00", "10:00")],  # a Saturday worked
        },
    )

    assert wh.between(seoul(3, 0), seoul(4, 0)) == HOUR
    assert wh.between(seoul(4, 0), seoul(5, 0)) == timedelta(0)
    assert wh.between(seoul(6, 0), seoul(7, 0)) == HOUR


def test_overnight_shift_is_two_windows():
    wh = WorkingHours({0: [("22:00", "24:00")], 1: [("00:00", "06:00")]}, set(), "Asia/Seoul")

    assert wh.add(seoul(1, 23), 2 * HOUR) == seoul(2, 1)
    assert wh.add(seoul(1, 22), 2 * HOUR) == seoul(2, 0)
    assert wh.between(seoul(1, 0), seoul(3, 0)) == 8 * HOUR


def test_touching_windows_become_one_in_any_order():
    wh = WorkingHours({0: [("12:00", "18:00"), ("09:00", "12:00")]}, set(), "Asia/Seoul")

    assert wh.windows(date(2026, 6, 1)) == ((seoul(1, 9), seoul(1, 18)),)


@pytest.mark.parametrize(
    ("_case", "zone", "day", "hours"),
    [
        ("New York springs forward", "America/New_York", date(2026, 3, 8), 23),
        ("New York falls back", "America/New_York", date(2026, 11, 1), 25),
        ("London springs forward", "Europe/London", date(2026, 3, 29), 23),
        ("Lord Howe by half an hour", "Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Lord Howe back by half an hour", "Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Cairo skips midnight", "Africa/Cairo", date(2026, 4, 24), 23),
        ("Seoul never", "Asia/Seoul", date(2026, 3, 29), 24),
    ],
)
def test_a_day_is_as_long_as_the_clock_makes_it(_case, zone, day, hours):
    wh = WorkingHours(ALWAYS, set(), zone, exceptions={})
    ((opens, closes),) = wh.windows(day)

    assert closes - opens == hours * HOUR
    assert wh.between(opens, closes) == hours * HOUR
    assert wh.add(opens, hours * HOUR) == closes


@pytest.mark.parametrize(
    ("_case", "windows", "opens", "used"),
    [
        ("all inside the gap", [("02:00", "03:00")], (), 0),
        ("ends would be reversed", [("02:30", "03:15")], (), 0),
        ("closes in the gap", [("01:00", "02:30")], ((6, 0), (7, 30)), 90),
        ("opens in the gap", [("02:30", "04:00")], ((7, 30), (8, 0)), 30),
        ("shares an instant", [("01:00", "02:30"), ("03:00", "04:00")], ((6, 0), (8, 0)), 120),
    ],
)
def test_gap_times_take_the_offset_before_the_gap(_case, windows, opens, used):
    day = date(2026, 3, 8)  # 02:00 EST becomes 03:00 EDT
    wh = WorkingHours({6: windows}, set(), "America/New_York")
    midnight = datetime(2026, 3, 8, tzinfo=NEW_YORK)

    expected = tuple(datetime(2026, 3, 8, h, m, tzinfo=UTC) for h, m in opens)
    assert wh.windows(day) == ((expected,) if expected else ())
    assert wh.between(midnight, midnight + timedelta(days=1)) == timedelta(minutes=used)


def test_a_doubled_hour_begins_with_its_first_run():
    wh = WorkingHours({6: [("01:30", "02:00")]}, set(), "America/New_York")
    second_run = datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK, fold=1)

    ((opens, closes),) = wh.windows(date(2026, 11, 1))
    assert closes - opens == timedelta(minutes=90)
    assert wh.add(second_run, timedelta(minutes=30)) == closes
    assert wh.between(second_run.replace(fold=0), second_run) == HOUR


def test_a_gap_over_midnight_counts_no_instant_twice():
    # Nuuk, 2024-03-30: 23:00 becomes 24:00, so 23:30 is read as half past midnight.
    hours = {5: [("20:00", "23:30")], 6: [("00:00", "01:00")]}
    wh = WorkingHours(hours, set(), "America/Nuuk")
    a, b = datetime(2024, 3, 30, 12, tzinfo=UTC), datetime(2024, 3, 31, 12, tzinfo=UTC)

    assert wh.between(a, b) == 4 * HOUR
    assert sum(row.used_s for row in wh.explain(a, b)) == 4 * 3600
    assert wh.add(a, 4 * HOUR) == datetime(2024, 3, 31, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("saturday", "used"),
    [(("08:00", "10:00"), 10), (("10:00", "12:00"), 9), (("17:00", "20:00"), 11)],
)
def test_a_skipped_day_counts_no_instant_twice(saturday, used):
    # Apia had no Friday, 30 December 2011; its windows fall on those of Saturday.
    wh = WorkingHours({4: [("09:00", "18:00")], 5: [saturday]}, set(), "Pacific/Apia")
    a, b = datetime(2011, 12, 29, 20, tzinfo=UTC), datetime(2012, 1, 2, tzinfo=UTC)

    assert wh.between(a, b) == wh.between(a, wh.add(a, used * HOUR)) == used * HOUR
    assert sum(row.used_s for row in wh.explain(a, b)) == used * 3600


def test_is_open_ends_with_the_window(office):
    assert office.is_open(seoul(1, 9))
    assert office.is_open(seoul(1, 11, 59, 59))
    assert not office.is_open(seoul(1, 12))
    assert not office.is_open(seoul(3, 10))


def test_explain_names_each_window_and_its_seconds(office):
    rows = office.explain(seoul(2, 11), seoul(4, 10))

    assert rows == [
        (date(2026, 6, 2), seoul(2, 9), seoul(2, 12), 3600),
        (date(2026, 6, 2), seoul(2, 13), seoul(2, 18), 5 * 3600),
        (date(2026, 6, 4), seoul(4, 9), seoul(4, 12), 3600),
    ]
    assert office.explain(seoul(2, 11), seoul(4, 10), limit=1) == rows[:1]


@pytest.mark.parametrize(
    ("_case", "refusal", "hours", "zone"),
    [
        ("no such zone", calendar.UnknownZone, {}, "Asia/Nowhere"),
        ("a path", calendar.UnknownZone, {}, "../etc/passwd"),
        ("a folder of zones", calendar.UnknownZone, {}, "America"),
        ("no zone", calendar.UnknownZone, {}, ""),
        ("not text", calendar.UnknownZone, {}, None),
        ("weekday 7", calendar.BadWeekday, {7: []}, "UTC"),
        ("weekday -1", calendar.BadWeekday, {-1: []}, "UTC"),
        ("weekday as text", calendar.BadWeekday, {"0": []}, "UTC"),
        ("weekday true", calendar.BadWeekday, {True: []}, "UTC"),
        ("reversed", calendar.ReversedWindow, {0: [("18:00", "09:00")]}, "UTC"),
        ("overnight in one", calendar.ReversedWindow, {0: [("22:00", "06:00")]}, "UTC"),
        ("empty", calendar.ReversedWindow, {0: [("09:00", "09:00")]}, "UTC"),
        ("opens at 24:00", calendar.ReversedWindow, {0: [("24:00", "24:00")]}, "UTC"),
        (
            "overlap",
            calendar.OverlappingWindows,
            {0: [("09:00", "12:00"), ("11:59", "18:00")]},
            "UTC",
        ),
        ("twice", calendar.OverlappingWindows, {0: [("09:00", "12:00")] * 2}, "UTC"),
        ("past 24:00", calendar.BadWindow, {0: [("09:00", "24:01")]}, "UTC"),
        ("minute 60", calendar.BadWindow, {0: [("09:60", "12:00")]}, "UTC"),
        ("one digit", calendar.BadWindow, {0: [("9:00", "12:00")]}, "UTC"),
        ("a line end", calendar.BadWindow, {0: [("09:00\n", "12:00")]}, "UTC"),
        ("other digits", calendar.BadWindow, {0: [("٠٩:00", "12:00")]}, "UTC"),
        ("not text", calendar.BadWindow, {0: [(9, 12)]}, "UTC"),
        ("three times", calendar.BadWindow, {0: [("09:00", "12:00", "13:00")]}, "UTC"),
        ("a window without its list", calendar.BadWindow, {0: ("09:00", "12:00")}, "UTC"),
        ("nothing for a window", calendar.BadWindow, {0: [None]}, "UTC"),
        ("nothing for a list", calendar.BadWindow, {0: None}, "UTC"),
        ("text for a list", calendar.BadWindow, {0: "09:00-12:00"}, "UTC"),
    ],
)
def test_a_calendar_refuses_nonsense(_case, refusal, hours, zone):
    with pytest.raises(refusal) as refused:
        WorkingHours(hours, set(), zone)

    assert str(refused.value)  # the wording finds all of its facts
    assert refused.value.status == 400


def test_exceptions_are_checked_like_weekly_windows():
    with pytest.raises(calendar.OverlappingWindows):
        WorkingHours(
            {},
            set(),
            "UTC",
            exceptions={date(2026, 6, 1): [("09:00", "12:00"), ("10:00", "11:00")]},
        )


@pytest.mark.parametrize("day", [datetime(2026, 6, 1, tzinfo=UTC), "2026-06-01", None])
def test_days_have_to_be_dates(day):
    with pytest.raises(calendar.BadDay):
        WorkingHours(OFFICE, [day], "UTC")
    with pytest.raises(calendar.BadDay):
        WorkingHours(OFFICE, set(), "UTC", exceptions={day: []})


def test_naive_moments_are_refused(office):
    naive = datetime(2026, 6, 1, 9)  # noqa: DTZ001
    for ask in (
        lambda: office.add(naive, HOUR),
        lambda: office.add(naive, timedelta(0)),
        lambda: office.between(naive, seoul(1, 9)),
        lambda: office.between(seoul(1, 9), naive),
        lambda: office.is_open(naive),
    ):
        with pytest.raises(calendar.NaiveMoment):
            ask()


def test_business_time_never_runs_backward(office):
    with pytest.raises(calendar.NegativeDuration):
        office.add(seoul(1, 9), timedelta(microseconds=-1))
    with pytest.raises(calendar.ReversedSpan):
        office.between(seoul(1, 9, 0, 1), seoul(1, 9))


def test_between_orders_the_two_runs_of_a_doubled_hour():
    wh = WorkingHours(ALWAYS, set(), "America/New_York")
    first = datetime(2026, 11, 1, 1, 45, tzinfo=NEW_YORK)
    second = datetime(2026, 11, 1, 1, 15, tzinfo=NEW_YORK, fold=1)  # later, though it reads less

    assert wh.between(first, second) == timedelta(minutes=30)
    with pytest.raises(calendar.ReversedSpan):
        wh.between(second, first)


@pytest.mark.parametrize(
    ("_case", "hours", "exceptions"),
    [
        ("no window at all", {}, {}),
        ("weekdays without windows", {0: [], 1: []}, {}),
        ("open only in the past", {}, {date(2020, 1, 1): [("09:00", "18:00")]}),
        ("too little is left", {}, {date(2026, 7, 1): [("09:00", "09:59")]}),
    ],
)
def test_add_refuses_when_working_time_runs_out(_case, hours, exceptions):
    wh = WorkingHours(hours, set(), "Asia/Seoul", exceptions=exceptions)

    with pytest.raises(calendar.NoWorkingTime):
        wh.add(seoul(1, 9), HOUR)
    assert wh.add(seoul(1, 9), timedelta(0)) == seoul(1, 9)


def test_add_refuses_more_than_a_hundred_years_hold():
    yearly = WorkingHours(
        {},
        set(),
        "UTC",
        exceptions={date(y, 1, 1): [("09:00", "10:00")] for y in range(2027, 2030)},
    )

    assert yearly.add(seoul(1, 9), 3 * HOUR) == datetime(2029, 1, 1, 10, tzinfo=UTC)
    with pytest.raises(calendar.NoWorkingTime):
        yearly.add(seoul(1, 9), timedelta.max)


def test_moments_out_of_reach_are_refused(office):
    with pytest.raises(calendar.MomentOutOfReach):
        office.add(datetime.max.replace(tzinfo=UTC), HOUR)
    with pytest.raises(calendar.MomentOutOfReach):
        office.add(datetime.min.replace(tzinfo=SEOUL), HOUR)
    with pytest.raises(calendar.MomentOutOfReach):
        office.between(seoul(1, 9), seoul(1, 9) + calendar.HORIZON + HOUR)
    with pytest.raises(calendar.MomentOutOfReach):
        office.windows(date.max)


def test_a_calendar_does_not_follow_its_arguments():
    hours, off = {0: [("09:00", "18:00")]}, set()
    wh = WorkingHours(hours, off, "Asia/Seoul")
    hours[0].clear()
    off.add(date(2026, 6, 1))

    assert wh.between(seoul(1, 0), seoul(2, 0)) == 9 * HOUR


# What follows knows nothing of spans: it walks minute by minute over the local days.

TIMES = ["00:00", "01:30", "02:00", "02:30", "03:00", "09:00", "12:00", "23:30", "24:00"]
AROUND = {  # days on which the zones put their clocks forward or back, or nothing happens
    "Asia/Seoul": [date(2026, 2, 17)],
    "America/New_York": [date(2026, 3, 8), date(2026, 11, 1)],
    "Europe/London": [date(2026, 3, 29), date(2026, 10, 25)],
    "Australia/Lord_Howe": [date(2026, 4, 5), date(2026, 10, 4)],
}


def open_minutes(windows_on, zone, first, last):
    """Return the open UTC minutes (numbers) of the local days first..last, one by one."""
    found = set()
    day = first
    while day <= last:
        for opens, closes in windows_on(day):
            minute, end = (utc_minute(day, text, zone) for text in (opens, closes))
            while minute < end:
                found.add(minute)
                minute += 1
        day += timedelta(days=1)
    return found


def utc_minute(day, text, zone):
    if text == "24:00":
        day, text = day + timedelta(days=1), "00:00"
    local = datetime.fromisoformat(f"{day}T{text}").replace(tzinfo=ZoneInfo(zone), fold=0)
    return int(local.timestamp()) // 60


def walk(minutes, start, wanted):
    """Return the minute after which `wanted` open minutes since `start` are used."""
    at = start
    while wanted:
        wanted -= at in minutes
        at += 1
    return at


windows = st.lists(st.integers(0, len(TIMES) - 1), unique=True, min_size=0, max_size=6).map(
    lambda picked: pair_up([TIMES[n] for n in sorted(picked)])
)


def pair_up(times):
    return list(zip(times[::2], times[1::2], strict=False))


@st.composite
def calendars(draw):
    zone = draw(st.sampled_from(sorted(AROUND)))
    turn = draw(st.sampled_from(AROUND[zone]))
    near = st.integers(-3, 3).map(lambda n: turn + timedelta(days=n))
    hours = draw(st.dictionaries(st.integers(0, 6), windows, min_size=3))
    off = draw(st.sets(near, max_size=2))
    exceptions = draw(st.dictionaries(near, windows, max_size=2))
    return zone, turn, hours, off, exceptions


def reference(drawn):
    zone, turn, hours, off, exceptions = drawn

    def windows_on(day):
        if day in exceptions:
            return exceptions[day]
        return [] if day in off else hours.get(day.weekday(), [])

    return open_minutes(windows_on, zone, turn - timedelta(days=5), turn + timedelta(days=5))


def moment(minute):
    return datetime.fromtimestamp(minute * 60, UTC)


@given(drawn=calendars(), since=st.integers(-4000, 3000), length=st.integers(0, 3000))
def test_between_agrees_with_a_walk_minute_by_minute(drawn, since, length):
    zone, turn, hours, off, exceptions = drawn
    wh = WorkingHours(hours, off, zone, exceptions=exceptions)
    a = utc_minute(turn, "00:00", zone) + since
    b = a + length

    used = sum(a <= minute < b for minute in reference(drawn))

    assert wh.between(moment(a), moment(b)) == timedelta(minutes=used)
    assert sum(row.used_s for row in wh.explain(moment(a), moment(b))) == used * 60


@given(drawn=calendars(), since=st.integers(-4000, 2000), share=st.floats(0, 1))
def test_add_agrees_with_a_walk_minute_by_minute(drawn, since, share):
    zone, turn, hours, off, exceptions = drawn
    wh = WorkingHours(hours, off, zone, exceptions=exceptions)
    minutes = reference(drawn)
    start = utc_minute(turn, "00:00", zone) + since
    ahead = sum(start <= minute for minute in minutes)
    wanted = int(ahead * share)

    due = wh.add(moment(start), timedelta(minutes=wanted))

    assert due == moment(walk(minutes, start, wanted))
    assert wh.is_open(moment(start)) == (start in minutes)


@given(drawn=calendars(), since=st.integers(0, 400_000), duration=st.integers(0, 400_000))
def test_between_gives_back_what_add_took(drawn, since, duration):
    zone, turn, hours, off, exceptions = drawn
    wh = WorkingHours({**hours, 2: [("09:00", "18:00")]}, off, zone, exceptions=exceptions)
    start = moment(utc_minute(turn, "00:00", zone)) + timedelta(seconds=since)
    wanted = timedelta(seconds=duration)

    due = wh.add(start, wanted)

    assert wh.between(start, due) == wanted
    if wanted:  # the earliest such moment: a microsecond before, something is still left
        assert wh.between(start, due - timedelta(microseconds=1)) < wanted
