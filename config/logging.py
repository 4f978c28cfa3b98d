"""Logs are events on standard error: one line each, the request's id bound to it."""

import re

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Whoever has such an address may see an order, a request, or set a password.
TOKEN = re.compile(r"(/(?:o|r)/|/accounts/password/reset/key/)[^/\s?\"']+")


def hide_tokens(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Take the tokens out of addresses."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = TOKEN.sub(r"\1***", value)
    return event


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    hide_tokens,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def config(*, debug: bool, requests: bool) -> dict:
    """Return Django's LOGGING: readable lines while developing, JSON otherwise."""
    renderer = (
        structlog.dev.ConsoleRenderer(colors=False)
        if debug
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "event": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    renderer,
                ],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "event"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            name: {"handlers": ["stderr"], "level": "INFO", "propagate": False}
            for name in ("common", "orders", "tickets", "feedback", "training")
        }
        # Two lines a request: for those who ask for them.
        | {
            "django_structlog": {
                "handlers": ["stderr"],
                "level": "INFO" if requests else "WARNING",
                "propagate": False,
            }
        }
        | {"django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
    }


def configure() -> None:
    """Let structlog hand its events to the standard library's handlers."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
