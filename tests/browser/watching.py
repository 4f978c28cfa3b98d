"""What a window complains about while pages are open in it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Error, Page, Request

GRAVE = {"serious", "critical"}


class Watched:
    """Collects errors, broken policies and requests that leave the desk."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", self._error)
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        # A policy that was broken is told as an error, too.
        if message.type == "error":
            about = message.location.get("url", "")
            self.complaints.append(f"{self.page.url}: {message.text} {about}")

    def _error(self, error: Error) -> None:
        self.complaints.append(f"{self.page.url}: {error.message}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.address + "/", "data:", "blob:")):
            self.complaints.append(f"{self.page.url}: asks {request.url}")


def barriers(page: Page) -> list[str]:
    """Return what keeps people out of a page, as axe sees it: the serious and the critical."""
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:120]}"
        for one in found
        if one["impact"] in GRAVE
    ]
