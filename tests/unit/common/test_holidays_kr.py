from datetime import date, datetime

import pytest
from holidays import country_holidays

from common.domain import holidays_kr
from common.domain.holidays_kr import PUBLIC_HOLIDAYS, public_holiday_dates, public_holidays

# By hand, from the official calendar (관공서의 공휴일에 관한 규정 as amended in 2026).
OFF_2026 = [
    *("01-01", "02-16", "02-17", "02-18", "03-01", "03-02", "05-01", "05-05", "05-24", "05-25"),
    *("06-03", "06-06", "07-17", "08-15", "08-17", "09-24", "09-25", "09-26", "10-03", "10-05"),
    *("10-09", "12-25"),
]


def test_public_holidays_are_those_of_the_official_calendar():
    assert [f"{day:%m-%d}" for day in public_holidays(2026)] == OFF_2026


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 5, 1), "노동절"),
        (date(2026, 7, 17), "제헌절"),
        (date(2026, 2, 17), "설날"),
        (date(2026, 9, 25), "추석"),
        (date(2027, 5, 3), "노동절 대체 휴일"),
        (date(2027, 7, 19), "제헌절 대체 휴일"),
    ],
)
def test_public_holidays_have_korean_names(day, name):
    assert public_holidays(day.year)[day] == name


def test_may_day_and_constitution_day_were_no_public_holidays_before_the_law_of_2026():
    assert date(2025, 5, 1) not in PUBLIC_HOLIDAYS
    assert date(2025, 7, 17) not in PUBLIC_HOLIDAYS


def test_public_holidays_cannot_be_changed_by_a_reader():
    with pytest.raises(TypeError):
        public_holidays(2026)[date(2026, 6, 1)] = "x"


def test_public_holiday_dates_takes_both_years_in():
    days = public_holiday_dates(2026, 2027)

    assert {date(2026, 1, 1), date(2027, 12, 27)} <= days
    assert {day.year for day in days} == {2026, 2027}
    assert public_holiday_dates(2027, 2026) == frozenset()


@pytest.mark.parametrize("year", [1947, 2101])
def test_public_holidays_refuses_years_it_does_not_know(year):
    with pytest.raises(holidays_kr.HolidaysUnknown) as refused:
        public_holidays(year)
    assert str(year) in str(refused.value)


def test_the_known_years_are_those_of_the_library():
    library = country_holidays("KR")

    assert (library.start_year, library.end_year) == (1948, 2100)
    assert (holidays_kr.FIRST_YEAR, holidays_kr.LAST_YEAR) == (1948, 2100)


def test_public_holidays_as_a_collection_looks_up_any_year():
    assert date(2027, 2, 9) in PUBLIC_HOLIDAYS
    assert date(2027, 2, 10) not in PUBLIC_HOLIDAYS
    assert "2027-02-09" not in PUBLIC_HOLIDAYS
    assert datetime(2027, 2, 9) not in PUBLIC_HOLIDAYS  # noqa: DTZ001
