"""The broker that needs no server: Kombu's filesystem transport, made safe for several processes.

Kombu writes a message under its final name, so a reader may take it half-written, and a message
it cannot read ends the worker (celery/kombu#1551). Here a message gets its name once it is whole,
and what cannot be read is moved aside. Messages are wake-up calls: losing one is harmless.
"""

import fcntl
import logging
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)

EMBEDDED_TRANSPORT = "common.broker:Transport"
POLL_SECONDS = 0.2


def embedded_options(folder: Path) -> dict[str, Any]:
    """Return the transport options for a broker that lives in `folder`; make its folders."""
    options = {
        "data_folder_in": folder / "queue",
        "data_folder_out": folder / "queue",
        "control_folder": folder / "bindings",
        "processed_folder": folder / "taken",
        "unreadable_folder": folder / "unreadable",
    }
    for path in set(options.values()):
        path.mkdir(parents=True, exist_ok=True)
    texts = {name: str(path) for name, path in options.items()}
    return {**texts, "polling_interval": POLL_SECONDS}


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears under its name only when it is complete and on disk."""
    # Readers look for names that end in .msg or .exchange: they never see this one.
    part = path.with_name(f"{uuid.uuid4()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def message_in(content: bytes) -> dict[str, Any]:
    """Return the message a file holds; ValueError says that it holds none."""
    payload = loads(content.decode("utf-8"))
    try:
        payload["properties"]["delivery_tag"]
    except (KeyError, TypeError) as error:
        raise ValueError("no message") from error
    return payload


class Channel(filesystem.Channel):
    """Publish whole files, skip unreadable ones."""

    # Kombu's own classes do not agree on the name of the second parameter.
    def _put(  # type: ignore[override]
        self, queue: str, payload: dict[str, Any], **kwargs: Any
    ) -> None:
        # Wall-clock time, not Kombu's monotonic one: the order survives a reboot.
        name = f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        path = Path(self.data_folder_out) / name
        try:
            write_whole(path, str_to_bytes(dumps(payload)))
        except OSError as error:
            raise ChannelError(f"Cannot add the message {path}: {error}") from error

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        inbox, taken = Path(self.data_folder_in), Path(self.processed_folder)
        for found in sorted(inbox.iterdir()):
            if found.name.partition(".")[2] != f"{queue}.msg":
                continue
            mine = taken / found.name
            try:
                found.rename(mine)
            except FileNotFoundError:
                continue  # another worker was first
            try:
                payload = message_in(mine.read_bytes())
            except (OSError, ValueError) as error:
                self._set_aside(mine, error)
                continue
            mine.unlink()
            return payload
        raise filesystem.Empty

    def _set_aside(self, path: Path, error: Exception) -> None:
        aside = Path(self.transport_options["unreadable_folder"]) / path.name
        logger.warning("broker_message_unreadable path=%s reason=%s", aside, error)
        path.replace(aside)

    def get_table(self, exchange: str) -> list[filesystem.exchange_queue_t]:
        try:
            return super().get_table(exchange)
        except (ValueError, TypeError) as error:
            # The next worker to start binds its queues anew.
            logger.warning("broker_bindings_unreadable exchange=%s reason=%s", exchange, error)
            return []

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        wanted = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._bindings_locked():
            bindings = self.get_table(exchange)
            if wanted not in bindings:
                content = str_to_bytes(dumps([wanted, *bindings]))
                write_whole(self._exchange_file(exchange), content)

    @contextmanager
    def _bindings_locked(self) -> Iterator[None]:
        with (self.control_folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    """Named in settings when no CELERY_BROKER_URL is given."""

    Channel = Channel
