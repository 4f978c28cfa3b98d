"""What import contracts cannot tell apart: http.client from http.HTTPStatus, and the like."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["common", "orders", "tickets", "feedback", "training", "config"]
SPEAKS_HTTP = {"urllib.request", "http.client", "httpx2", "httpx", "requests", "urllib3"}
# The health check of the desk's own pages is no call to the outside.
MAY = {"common/http.py", "config/health.py"}


def names_of(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def speaks_http(name):
    return any(name == each or name.startswith(f"{each}.") for each in SPEAKS_HTTP)


def http_imports(source):
    """Return the lines that import a module that speaks HTTP."""
    nodes = ast.walk(ast.parse(source))
    return [node.lineno for node in nodes if any(map(speaks_http, names_of(node)))]


@pytest.mark.parametrize("bad", [
    "import urllib.request",
    "from urllib import request",
    "from urllib.request import urlopen",
    "import http.client",
    "from httpx2 import Client",
    "def fetch():\n    import requests.sessions",
])  # fmt: skip
def test_http_imports_finds(bad):
    assert len(http_imports(bad)) == 1


@pytest.mark.parametrize("good", ["from urllib.parse import quote", "from http import HTTPStatus"])
def test_http_imports_lets_pass(good):
    assert http_imports(good) == []


def test_only_common_http_speaks_http():
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    found = {str(path.relative_to(ROOT)) for path in files if http_imports(path.read_text())}
    assert len(files) > len(PACKAGES)
    assert found - MAY == set()
