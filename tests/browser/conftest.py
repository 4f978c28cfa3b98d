"""A real Chromium before the desk as it is served, on the test database."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.watching import Watched
from tests.conftest import IS_CI
from tests.factories.cast import Cast, make_cast

WIDTHS = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium; without one, skip, but never where everything must run."""
    program = shutil.which("chromium")
    if program is None:
        explanation = "there is no chromium on this machine (apt-get install chromium)"
        pytest.fail(explanation) if IS_CI else pytest.skip(explanation)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps a loop in this thread, and Django would take that for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        found = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def shop(live_server, transactional_db: None) -> Cast:
    """The cast in committed rows, with the desk served."""
    return make_cast()


@pytest.fixture
def open_page(browser: Browser, live_server) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a window of its own; in the end none of them may complain."""
    watched: list[Watched] = []

    def opened(width: str = "desktop", locale: str = "ko-KR") -> Page:
        context = browser.new_context(
            viewport=WIDTHS[width], locale=locale, base_url=live_server.url
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        watched.append(Watched(page, live_server.url))
        return page

    yield opened
    complaints = [complaint for one in watched for complaint in one.complaints]
    for one in watched:
        one.page.context.close()
    assert not complaints
