"""Typed readers of the environment that say what to do when a value is missing or wrong."""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
MIN_KEY_LENGTH = 50

_env = environ.Env()


def load(path: Path = ROOT / ".env") -> None:
    """Read `.env` when it is there; what the environment already says wins."""
    if path.is_file():
        environ.Env.read_env(str(path), overwrite=False)


def text(name: str, default: str = "") -> str:
    """Return a text; an empty value counts as absent."""
    return os.environ.get(name, "").strip() or default


def var() -> Path:
    """Return the folder of everything the desk writes; VAR_DIR moves it."""
    return ROOT / text("VAR_DIR", "var")


def flag(name: str, *, default: bool) -> bool:
    """Return True or False; any other word is refused."""
    value = text(name, str(default))
    if value not in ("True", "False"):
        raise ImproperlyConfigured(f"{name}={value!r}: write True or False.")
    return value == "True"


def whole(name: str, *, default: int, least: int = 0) -> int:
    """Return a whole number of at least `least`."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(f"{name}={value!r}: write a whole number, {least} or more.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list without empty entries."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def secret_key(*, debug: bool) -> str:
    """Return SECRET_KEY; there is no default, and a short one is refused."""
    key = text("SECRET_KEY")
    if not key:
        raise ImproperlyConfigured(
            "SECRET_KEY is missing. `make run` writes one into .env; or make one with\n"
            '  python -c "import secrets; print(secrets.token_urlsafe(64))"\n'
            "and put SECRET_KEY=... into .env or the environment."
        )
    if not debug and len(key) < MIN_KEY_LENGTH:
        raise ImproperlyConfigured(
            f"SECRET_KEY has {len(key)} characters; use {MIN_KEY_LENGTH} or more random ones."
        )
    return key


def database() -> dict:
    """Return Django's settings for DATABASE_URL (`sqlite:///file` or `postgres://...`)."""
    default = f"sqlite:///{var() / 'chwiso.sqlite3'}"
    try:
        found = dict(_env.db_url_config(text("DATABASE_URL", default)))
    except Exception as error:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read. Write sqlite:///path/to/file or "
            "postgres://user:password@host:5432/name."
        ) from error
    if found["ENGINE"].endswith("sqlite3"):
        return found | _sqlite_options(found["NAME"])
    if not found["ENGINE"].endswith("postgresql"):
        raise ImproperlyConfigured("DATABASE_URL: only SQLite and PostgreSQL are supported.")
    return found | {
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **found.get("OPTIONS", {}),
            "options": "-c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000",
        },
    }


def _sqlite_options(name: str) -> dict:
    if name != ":memory:":
        path = Path(name) if Path(name).is_absolute() else ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        name = str(path)
    return {
        "NAME": name,
        "CONN_MAX_AGE": 600,
        "OPTIONS": {
            # A writer takes its lock at BEGIN and waits for it, instead of failing half-way.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: a refund that was answered survives a power cut.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def email() -> dict:
    """Return the mail settings for EMAIL_URL; without it, mail goes to files."""
    url = text("EMAIL_URL")
    if url:
        return dict(_env.email_url_config(url))
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(var() / "mail"),
    }


def cache() -> dict:
    """Return the cache for CACHE_URL; without it, a table of the database."""
    url = text("CACHE_URL")
    if url:
        return dict(_env.cache_url_config(url))
    return {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entries"}
