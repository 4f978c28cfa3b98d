"""What watches the windows sees what it is there for."""

from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.watching import Watched, barriers
from tests.factories.cast import Cast


def watched(browser: Browser, live_server: LiveServer) -> tuple[Page, Watched]:
    """Return a window whose complaints fail nothing."""
    page = browser.new_page(base_url=live_server.url)
    return page, Watched(page, live_server.url)


def test_a_field_without_a_name_is_a_barrier(shop: Cast, browser: Browser, live_server: LiveServer):
    page, _ = watched(browser, live_server)
    page.goto(f"/shop/{shop.store.slug}/")
    assert not barriers(page)

    page.evaluate("document.querySelector('main form').append(document.createElement('input'))")

    assert [one for one in barriers(page) if "label" in one]
    page.close()


def test_errors_and_policies_and_foreign_hosts_are_complaints(
    shop: Cast, browser: Browser, live_server: LiveServer
):
    page, found = watched(browser, live_server)
    page.goto(f"/shop/{shop.store.slug}/")
    assert not found.complaints

    page.evaluate("console.error('broken')")
    page.evaluate("document.body.setAttribute('onclick', 'x()')")
    page.goto("about:blank")
    page.set_content("<img src='http://127.0.0.1:9/x.png'>")

    for complaint in ("broken", "Content Security Policy", "asks http://127.0.0.1:9/x.png"):
        assert [one for one in found.complaints if complaint in one], found.complaints
    page.close()
