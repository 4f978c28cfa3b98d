"""Money, days and moments as buyers read them."""

from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from common.domain.masking import mask_text
from common.domain.money import format_money
from tickets.domain.states import TRAITS, Status
from tickets.web import words

register = template.Library()


class Labelled(Protocol):
    """What has a label in Korean and English."""

    def label(self, locale: str) -> str: ...


WEEKDAYS = "월화수목금토일"


@register.filter
def money(amount: int, currency: str) -> str:
    """Return an amount in the store's currency."""
    return format_money(amount, currency)


@register.filter
def moment(at: datetime, zone: str) -> str:
    """Return a moment in the store's time zone."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{day(local.date())} {date_format(local, 'H:i')}"


@register.filter
def day(on: date) -> str:
    """Return 11월 26일 (목) or Thu 26 November, with the year when that is another one."""
    is_this_year = on.year == timezone.now().year
    if words.language().startswith("ko"):
        year = "" if is_this_year else f"{on.year}년 "
        return f"{year}{on.month}월 {on.day}일 ({WEEKDAYS[on.weekday()]})"
    return date_format(on, "D j F" if is_this_year else "D j F Y")


@register.filter
def masked(text: str) -> str:
    """Return free text without addresses and numbers of persons."""
    return mask_text(text)


@register.filter
def status_label(status: str) -> str:
    """Return a status in the page's language."""
    return words.status(status)


@register.filter
def status_colour(status: str) -> str:
    """Return the name of a status's colour."""
    return TRAITS[Status(status)].colour


@register.filter
def label(thing: Labelled) -> str:
    """Return the label of a reason or a ground in the page's language."""
    return thing.label(words.language())
