"""Named places in pages: upper apps show something there without lower apps knowing them."""

from collections import defaultdict
from collections.abc import Callable

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

# A renderer returns finished, escaped HTML (from render_to_string), or "" for nothing.
Renderer = Callable[..., SafeString | str]

_renderers: dict[str, list[Renderer]] = defaultdict(list)


def register(slot: str, renderer: Renderer) -> None:
    """Show `renderer(request, **context)` in the named slot; called in `apps.py`."""
    if renderer not in _renderers[slot]:
        _renderers[slot].append(renderer)


def render(slot: str, request: HttpRequest, **context: object) -> SafeString:
    """Return what the upper apps show in this slot."""
    parts = [renderer(request, **context) for renderer in _renderers[slot]]
    if not all(isinstance(part, SafeString) or part == "" for part in parts):
        raise TypeError(f"a renderer of slot {slot} returned text that nobody escaped")
    return mark_safe("".join(parts))  # noqa: S308 - each part is SafeString, checked above
