"""The embedded broker between real processes, with Kombu's own transport as the control."""

import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
from kombu import Connection, Queue
from kombu.exceptions import ChannelError
from kombu.transport import filesystem

from common import broker

PEER = Path(__file__).with_name("broker_peer.py")
ROOT = Path(__file__).resolve().parents[3]
STOCK = "filesystem"
QUEUE = Queue("celery", routing_key="celery")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "broker"


@pytest.fixture
def connect(folder):
    opened = []

    def open_one(transport=broker.EMBEDDED_TRANSPORT):
        options = broker.embedded_options(folder)
        connection = Connection("filesystem://", transport=transport, transport_options=options)
        opened.append(connection)
        return connection

    yield open_one
    for connection in opened:
        connection.release()


def publish(connection, *texts):
    with connection.Producer() as producer:
        for text in texts:
            producer.publish(text, routing_key="celery", declare=[QUEUE])


def waiting(connection):
    """Take all messages that wait and return their bodies."""
    bodies = []
    queue = QUEUE(connection.default_channel)
    while (message := queue.get(no_ack=True)) is not None:
        bodies.append(message.payload)
    return bodies


def peer(verb, transport, folder, *rest):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(PEER), verb, transport, str(folder), *map(str, rest)]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)


def storm(transport, folder, *, publishers=8, each=50, seconds=40):
    """Let processes publish while two read; return what arrived and which readers died."""
    broker.embedded_options(folder)
    logs = [folder / f"reader-{number}.log" for number in range(2)]
    readers = [peer("read", transport, folder, log) for log in logs]
    writers = [peer("publish", transport, folder, n, each) for n in range(publishers)]
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            arrived = [line for log in logs if log.exists() for line in log.read_text().split()]
            died = [reader for reader in readers if reader.poll() is not None]
            if len(arrived) >= publishers * each or len(died) == len(readers):
                break
            time.sleep(0.05)
    finally:
        for process in writers + readers:
            process.kill()
            process.communicate()
    return arrived, died


def test_storm_of_eight_publishers_arrives_once_each(folder):
    arrived, died = storm(broker.EMBEDDED_TRANSPORT, folder)
    assert died == []
    assert sorted(arrived) == sorted(f"{n}-{i}" for n in range(8) for i in range(50))
    assert list((folder / "unreadable").iterdir()) == []
    assert list((folder / "queue").iterdir()) == []


def test_storm_kills_the_readers_of_the_stock_transport(folder):
    arrived, died = storm(STOCK, folder)
    assert died  # the control: the same storm, a publish that is not atomic
    assert len(arrived) < 400


def test_publish_hides_a_message_until_it_is_whole(connect, monkeypatch):
    writer, reader = connect(), connect()
    publish(writer, "first")
    seen = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (seen.append(waiting(reader)), sync(fd)))

    publish(writer, "second")

    assert seen == [["first"]]
    assert waiting(reader) == ["second"]


def test_publish_of_the_stock_transport_shows_a_message_half_written(connect, monkeypatch):
    writer, reader = connect(STOCK), connect(STOCK)
    dump = filesystem.dumps
    publish(writer)
    monkeypatch.setattr(filesystem, "dumps", lambda body: (waiting(reader), dump(body))[1])

    with pytest.raises(ValueError, match="Expecting value"):
        publish(writer, "second")


def test_publish_that_fails_leaves_no_trace(connect, folder, monkeypatch):
    connection = connect()
    publish(connection, "first")

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ChannelError, match="No space left"):
        publish(connection, "second")
    monkeypatch.undo()

    assert waiting(connection) == ["first"]
    assert list((folder / "queue").iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"{}", b'{"properties": {}}'])
def test_unreadable_file_is_set_aside_and_the_next_is_read(connect, folder, content):
    connection = connect()
    publish(connection)
    planted = folder / "queue" / "00000000000000000000_planted.celery.msg"
    planted.write_bytes(content)
    publish(connection, "good")

    assert waiting(connection) == ["good"]
    assert [path.name for path in (folder / "unreadable").iterdir()] == [planted.name]
    assert (folder / "unreadable" / planted.name).read_bytes() == content


def test_messages_come_in_the_order_they_were_sent(connect):
    connection = connect()
    texts = [str(number) for number in range(50)]
    publish(connection, *texts)
    assert waiting(connect()) == texts


def test_message_not_acknowledged_returns_when_the_reader_closes(connect):
    publish(connect(), "kept")
    reader = connect()
    assert QUEUE(reader.default_channel).get().payload == "kept"
    reader.default_channel.close()
    assert waiting(connect()) == ["kept"]


@pytest.mark.parametrize("content", [b"", b"[", b"3", b"[1]"])
def test_bindings_cut_short_are_made_anew(connect, folder, content):
    publish(connect(), "before")
    exchange = folder / "bindings" / "celery.exchange"
    exchange.write_bytes(content)
    bound = connect()
    # A name of its own: Kombu remembers in the process what it has bound already.
    named = Queue(f"named-{uuid.uuid4()}", exchange="celery", routing_key="celery")
    named(bound.default_channel).declare()
    table = bound.default_channel.get_table("celery")
    assert [entry.queue for entry in table] == [named.name]


def test_options_name_a_folder_for_each_purpose(folder):
    options = broker.embedded_options(folder)
    assert options["polling_interval"] == 0.2
    assert all(Path(options[name]).is_dir() for name in options if "folder" in name)
    assert options["data_folder_in"] == options["data_folder_out"]
