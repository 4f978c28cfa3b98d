"""One request on its whole way, as people click it: asked, approved, refunded, rated, read."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from common import deliveries, outbox
from orders import executor
from orders.models import Refund
from tests.browser.watching import barriers
from tests.factories.cast import Cast
from tickets.models import Ticket


def work() -> None:
    """Do what the worker does between two clicks."""
    executor.run_due()
    deliveries.deliver_all()
    outbox.send_due()


def sign_in(page: Page, user) -> list[str]:
    """Sign in through the one sign-in; return the barriers of its page."""
    page.goto("/admin/")
    found = barriers(page)
    page.get_by_label("이메일").fill(user.email)
    page.locator("input[type=password]").fill("correct horse")
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile("/admin/"))
    return found


def find_order(page: Page, shop: Cast) -> list[str]:
    """Find the order by number and digits, and the code from the mail."""
    page.goto(f"/shop/{shop.store.slug}/")
    found = barriers(page)
    page.locator("[name=number]").fill(shop.order.number)
    page.locator("[name=digits]").fill("5678")
    page.locator("main button[type=submit]").click()
    page.locator("[name=code]").wait_for()
    found += barriers(page)
    outbox.send_due()
    code = re.search(r"\b\d{6}\b", mail.outbox[-1].body)
    assert code, mail.outbox[-1].body
    page.locator("[name=code]").fill(code[0])
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile("/order/$"))
    return found + barriers(page)


def ask(page: Page) -> list[str]:
    """Choose two of three units, give a reason, look again and send."""
    page.goto("/order/cancel/")
    found = barriers(page)
    page.get_by_role("checkbox").check()
    page.locator("input[type=number]").fill("2")
    page.locator("main button[type=submit]").click()
    page.locator("[name=reason][value=CHANGED_MIND]").check()
    found += barriers(page)
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile("/order/cancel/check/"))
    expect(page.locator("main")).to_contain_text("6,666원")
    found += barriers(page)
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile("/sent/"))
    return found + barriers(page)


def approve(page: Page, ticket: Ticket) -> list[str]:
    """Find the ticket in the queue and approve it."""
    page.goto("/admin/tickets/ticket/")
    found = barriers(page)
    page.get_by_role("link", name=ticket.number).click()
    expect(page.locator("main")).to_contain_text("6,666원")
    found += barriers(page)
    page.locator("form[action$='/do/approve/'] button").click()
    expect(page.locator("body")).to_contain_text("승인됨")
    return found


def rate(page: Page) -> list[str]:
    """Answer the one question."""
    page.locator("[name=q1][value='5']").check()
    page.locator("#rating textarea").fill("빨랐어요.")
    found = barriers(page)
    page.locator("#rating button").click()
    expect(page.locator("#rating")).to_contain_text("빨랐어요.")
    return found + barriers(page)


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_request_is_approved_refunded_and_rated(
    shop: Cast, open_page: Callable[..., Page], width: str
):
    buyer, agent, lead = open_page(width), open_page(width), open_page(width)
    found = find_order(buyer, shop)
    found += ask(buyer)
    ticket = Ticket.objects.get()
    expect(buyer.locator("main")).to_contain_text(ticket.number)
    found += sign_in(agent, shop.agent)
    found += approve(agent, ticket)
    work()
    buyer.locator("main a[role=button]").click()
    expect(buyer.locator(f"#{ticket.number}")).to_contain_text("환불 완료")
    found += barriers(buyer)
    found += rate(buyer)
    assert fits(buyer)

    sign_in(lead, shop.lead)
    lead.goto("/admin/feedback/response/")
    expect(lead.locator("main")).to_contain_text("빨랐어요.")
    expect(lead.locator("main")).to_contain_text(ticket.number)
    expect(lead.locator(".csat")).to_contain_text("n=1")
    found += barriers(lead)
    assert Refund.objects.get().state == "CONFIRMED"
    assert not found


def fits(page: Page) -> bool:
    """Tell whether nothing hangs over the side of the window."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_language_is_switched_and_stays(shop: Cast, open_page: Callable[..., Page]):
    page = open_page("phone")
    page.goto(f"/shop/{shop.store.slug}/")
    expect(page.locator("html")).to_have_attribute("lang", "ko")

    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Find my order")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")

    page.get_by_role("button", name="한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
