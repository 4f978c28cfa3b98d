"""What a buyer or a shop writes stays text on every page that shows it."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests.browser.payloads import ELEMENTS, EVALUATED, MARK
from tests.browser.planted import ALL, Planted, plant
from tests.factories.cast import Cast
from tickets.models import BuyerRequest
from training.models import Assignment

TRAP = "window.caught = []; window.canary = (n) => window.caught.push(n);"
LOOK = f"""() => [
    ...window.caught.map((n) => `ran ${{n}}`),
    ...[...document.querySelectorAll("[{MARK}]")].map((e) => `element ${{e.outerHTML}}`),
    ...[...document.links].filter((a) => a.protocol === "javascript:").map((a) => a.href),
]"""


def intruders(page: Page, address: str) -> list[str]:
    """Open a page and return what is there that should have been text."""
    answer = page.goto(address)
    found = page.evaluate(LOOK)
    if EVALUATED in page.content():
        found.append("a template was filled by a text")
    if answer is None or answer.status != 200:
        found.append(f"answered {answer and answer.status}")
    return [f"{address}: {one}" for one in found]


def staff_pages(planted: Planted) -> Iterator[str]:
    """Yield the pages of the desk, and of the lead and the trainer."""
    yield "/admin/tickets/ticket/?state=all"
    yield from (f"/admin/tickets/ticket/{ticket.pk}/change/" for ticket in planted.tickets)
    yield "/admin/orders/order/"
    yield from (f"/admin/orders/order/{order.pk}/change/" for order in planted.orders)
    yield from ("/admin/orders/product/", "/admin/feedback/response/")
    yield "/admin/tickets/cannedresponse/"


def learning_pages(planted: Planted, mine: Assignment) -> Iterator[str]:
    """Yield the pages of training, of a trainer who learns, too."""
    version = planted.assignment.course.versions.get()
    yield "/admin/training/myassignment/"
    yield f"/admin/training/myassignment/{mine.pk}/change/"
    yield "/admin/training/courseversion/"
    yield f"/admin/training/courseversion/{version.pk}/change/"
    yield f"/admin/training/courseversion/{version.pk}/assign/"
    yield f"/admin/training/assignment/{planted.assignment.pk}/change/"


def buyer_pages(order) -> Iterator[str]:
    """Yield the pages of the buyer of an order."""
    yield from ("/order/", "/order/cancel/", "/order/question/")
    for one in BuyerRequest.objects.filter(order=order):
        yield from (f"/requests/{one.public_id}/{page}" for page in ("", "sent/", "question/"))


def signed_in(page: Page, user, address: str) -> Page:
    """Let the window be somebody's."""
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": n, "value": c.value, "url": address} for n, c in client.cookies.items()]
    )
    return page


@pytest.fixture
def trap(open_page: Callable[..., Page]) -> Callable[[], Page]:
    """Return a function that opens a window which notices what runs in it."""

    def opened() -> Page:
        page = open_page()
        page.add_init_script(TRAP)
        return page

    return opened


@pytest.fixture
def planted(shop: Cast) -> Planted:
    """The shop, with a payload in every text."""
    return plant(shop)


def test_no_text_runs_before_the_desk(shop: Cast, planted: Planted, trap, live_server):
    agent = signed_in(trap(), shop.agent, live_server.url)
    found = [one for address in staff_pages(planted) for one in intruders(agent, address)]
    lead = signed_in(trap(), shop.lead, live_server.url)
    for address in ("/admin/feedback/response/", "/admin/tickets/ticket/?status=WAITING_APPROVAL"):
        found += intruders(lead, address)

    assert not found


def test_no_text_runs_before_a_trainer(shop: Cast, planted: Planted, trap, live_server):
    trainer = signed_in(trap(), shop.trainer, live_server.url)
    mine = Assignment.objects.get(user=shop.trainer)

    found = [
        one for address in learning_pages(planted, mine) for one in intruders(trainer, address)
    ]
    trainer.goto(f"/admin/training/myassignment/{mine.pk}/change/")
    trainer.locator("form[action$='/begin/'] button").click()

    assert not found + intruders(trainer, trainer.url)


def test_no_text_runs_before_a_buyer(planted: Planted, trap):
    found = []
    for order, link in zip(planted.orders, planted.links, strict=True):
        page = trap()
        found += intruders(page, f"/o/{link}/")
        found += [one for address in buyer_pages(order) for one in intruders(page, address)]
    page.goto("/order/cancel/")
    page.get_by_role("checkbox").first.check()
    page.locator("main button[type=submit]").click()
    found += intruders(page, page.url)
    page.locator("[name=reason][value=OTHER]").check()
    page.locator("[name=description]").fill(ALL)
    page.locator("main button[type=submit]").click()

    assert not found + intruders(page, page.url)


@pytest.mark.parametrize("payload", ELEMENTS)
def test_payload_is_noticed_where_it_is_let_through(browser, payload: str):
    page = browser.new_page()
    page.add_init_script(TRAP)
    page.goto("about:blank")
    page.set_content(
        f"<title>x</title><input value='{payload}'><input value=\"{payload}\"><p>{payload}</p>"
    )

    assert page.evaluate(LOOK)
    page.close()
