"""A process that publishes to, or reads from, a broker in a folder (used by test_broker.py).

Every write is slow in the middle, as on a busy disk, so that a race shows each time.
"""

import os
import sys
import time
from pathlib import Path

from kombu import Connection, Queue
from kombu.transport import filesystem

from common import broker

SLOW = 0.004


def slowly(call):
    def wrapped(*args, **kwargs):
        time.sleep(SLOW)
        return call(*args, **kwargs)

    return wrapped


def connect(transport: str, folder: Path) -> Connection:
    """Open the broker under test: ours, or Kombu's own as the control."""
    options = broker.embedded_options(folder) | {"polling_interval": 0.001}
    return Connection("filesystem://", transport=transport, transport_options=options)


def publish(connection: Connection, name: str, count: int) -> None:
    # Kombu opens the file and then makes its content; ours writes and then asks for the disk.
    filesystem.dumps = slowly(filesystem.dumps)
    os.fsync = slowly(os.fsync)
    queue = Queue("celery", routing_key="celery")
    with connection.Producer() as producer:
        for number in range(count):
            producer.publish(f"{name}-{number}", routing_key="celery", declare=[queue])


def read(connection: Connection, log: Path) -> None:
    with log.open("a", buffering=1) as file:

        def note(body: str, message) -> None:
            file.write(f"{body}\n")
            message.ack()

        with connection.Consumer(Queue("celery", routing_key="celery"), callbacks=[note]):
            while True:
                connection.drain_events()


if __name__ == "__main__":
    verb, transport, folder, *rest = sys.argv[1:]
    with connect(transport, Path(folder)) as opened:
        if verb == "publish":
            publish(opened, rest[0], int(rest[1]))
        else:
            read(opened, Path(rest[0]))
