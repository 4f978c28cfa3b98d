"""XML from outside, as a stream of events: no tree, no document type, no entities, limits."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol
from xml.parsers import expat

from orders.importing.refusals import FileDamaged, FileTooLarge

# A sheet of Excel nests 8 deep, rich text 10.
MAX_DEPTH = 64
# One tag or comment: expat holds it whole and scans it again with every chunk.
MAX_TOKEN_BYTES = 1 << 20
# 100,000 lines x 72 columns x 3 elements a cell; more costs time only a bomb wants to spend.
MAX_ELEMENTS = 25_000_000


class Handler(Protocol):
    """What a reader of one part listens to; names are "namespace local"."""

    def start(self, name: str, attrs: dict[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, text: str) -> None: ...


class _Guard:
    """Counts what comes by, and refuses what no spreadsheet holds."""

    def __init__(self, handler: Handler) -> None:
        self.depth = 0
        self.elements = 0
        self.events = 0
        self._start, self._end, self._text = handler.start, handler.end, handler.text

    def start(self, name: str, attrs: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH:
            raise FileDamaged(what="XML")
        self._start(name, attrs)

    def end(self, name: str) -> None:
        self.depth -= 1
        self.events += 1
        self._end(name)

    def text(self, text: str) -> None:
        self.events += 1
        self._text(text)


def refuse_doctype(*_args: Any) -> None:
    """No spreadsheet has one; entities, inner and outer, need one."""
    raise FileDamaged(what="XML")


def parse(chunks: Iterable[bytes], handler: Handler) -> Iterator[None]:
    """Feed the chunks to the handler, and yield after each; refuse what is not plain XML."""
    guard = _Guard(handler)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = guard.start
    parser.EndElementHandler = guard.end
    parser.CharacterDataHandler = guard.text
    parser.StartDoctypeDeclHandler = refuse_doctype
    silent, seen = 0, 0
    for chunk in chunks:
        _feed(parser.Parse, chunk, final=False)
        now = guard.elements + guard.events
        silent = silent + len(chunk) if now == seen else 0
        seen = now
        if silent > MAX_TOKEN_BYTES:
            raise FileDamaged(what="XML")
        if guard.elements > MAX_ELEMENTS:
            raise FileTooLarge(what="cells", limit=MAX_ELEMENTS // 3)
        yield
    _feed(parser.Parse, b"", final=True)
    yield


def _feed(feed: Callable[[bytes, bool], int], chunk: bytes, *, final: bool) -> None:
    try:
        feed(chunk, final)
    except (expat.ExpatError, ValueError, LookupError) as error:  # the latter: unknown encoding
        raise FileDamaged(what="XML") from error
