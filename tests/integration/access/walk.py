"""Every address of the resolver, as the routes spell it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def routes(
    patterns: Iterable[URLPattern | URLResolver] | None = None, before: str = ""
) -> Iterator[str]:
    """Yield the routes below these patterns, those of the whole desk by default."""
    found = get_resolver().url_patterns if patterns is None else patterns
    for pattern in found:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def path_of(route: str, params: Mapping[str, Any]) -> str:
    """Return the address: the route with its ids filled in; a regular expression needs `path`."""
    if "path" in params:
        return str(params["path"])
    return "/" + PARAMETER.sub(lambda found: str(params[found[1]]), route)
