"""The two formats, side by side: how each is read, counted, and what store it makes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO
from zoneinfo import ZoneInfo

from orders.importing import files, lines, retail, smartstore
from orders.importing.report import RetailSummary, SmartStoreSummary, Summary
from orders.importing.rows import Reject, RetailLine, SmartStoreLine

Line = SmartStoreLine | RetailLine
Item = Line | Reject


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file. `currency` and `zone` are those of a store made for it."""

    name: str
    currency: str
    zone: str
    marketplace: bool  # its refunds happen at the marketplace the sheet came from
    summary: Callable[[], Summary]
    digest: Callable[[BinaryIO], str]


SMARTSTORE = Format(
    name="smartstore", currency="KRW", zone="Asia/Seoul", marketplace=True,
    summary=SmartStoreSummary, digest=files.digest_of,
)  # fmt: skip
RETAIL = Format(
    name="online-retail", currency="GBP", zone="Europe/London", marketplace=False,
    summary=RetailSummary, digest=lines.content_digest,
)  # fmt: skip
FORMATS: Mapping[str, Format] = MappingProxyType({f.name: f for f in (SMARTSTORE, RETAIL)})


@dataclass(frozen=True, slots=True)
class Source:
    """An opened file that can be read from its beginning, again and again."""

    stream: BinaryIO
    format: Format
    zone: ZoneInfo
    password: str = ""

    def digest(self) -> str:
        """Return what identifies the content."""
        return self.format.digest(self.stream)

    def items(self) -> Iterator[Item]:
        """Yield every line and every rejected row; refuse a file that cannot be read."""
        self.stream.seek(0)
        if self.format is RETAIL:
            return retail.read(self.stream, zone=self.zone)
        return smartstore.read(self.stream, password=self.password)
