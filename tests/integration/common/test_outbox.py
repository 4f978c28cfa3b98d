"""Mail goes out once, is tried again when that can help, and never gets lost."""

from smtplib import SMTPRecipientsRefused, SMTPResponseException

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMessage

from common import leases, outbox
from common.models import OutboundMail
from tests.factories.rows import MONDAY
from tickets.actions import proving


@pytest.fixture
def queued(cast):
    proving.ask_code(
        store=cast.store, number=cast.order.number, digits="5678", address="x", locale="en",
        at=MONDAY,
    )  # fmt: skip
    return OutboundMail.objects.get()


def test_a_mail_is_sent_once_in_the_readers_language(queued):
    assert outbox.send_due() == 1
    assert outbox.send_due() == 0
    message = django_mail.outbox[0]
    assert message.to == ["buyer@example.com"]
    assert "your code is" in message.subject
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    queued.refresh_from_db()
    assert (queued.state, bool(queued.sent_at)) == ("SENT", True)


def test_the_same_fact_is_queued_once(queued):
    outbox.post(
        template="order_code", to="else@example.com", locale="ko", dedupe_key=queued.dedupe_key,
        token_id=1,
    )  # fmt: skip
    assert OutboundMail.objects.count() == 1
    outbox.post(template="order_code", to="", locale="ko", dedupe_key="nobody", token_id=1)
    assert OutboundMail.objects.count() == 1


@pytest.mark.parametrize(
    ("_case", "error", "state"),
    [
        ("server away", ConnectionRefusedError(), "WAITING"),
        ("busy", SMTPResponseException(451, b"later"), "WAITING"),
        ("refused for good", SMTPResponseException(550, b"no"), "PARKED"),
        ("no such person", SMTPRecipientsRefused({}), "PARKED"),
    ],
)
def test_a_failure_is_kept_and_tried_again_where_that_helps(
    queued, monkeypatch, _case, error, state
):
    def send(self, fail_silently=False):
        raise error

    monkeypatch.setattr(EmailMessage, "send", send)
    assert outbox.send_due() == 0
    queued.refresh_from_db()
    assert (queued.state, queued.last_error) == (state, type(error).__name__)
    assert queued.next_at > leases.db_now()


def test_a_mail_gives_up_after_eight_tries(queued, monkeypatch):
    def send(self, fail_silently=False):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMessage, "send", send)
    for _ in range(outbox.MAX_ATTEMPTS):
        OutboundMail.objects.update(next_at=None)
        outbox.send_due()
    queued.refresh_from_db()
    assert queued.state == "PARKED"


def test_line_breaks_cannot_reach_the_headers(queued, monkeypatch):
    def prepare(token_id):
        return {
            "code": "1",
            "store": {"name": "a\r\nBcc: evil@example.com"},
            "order": {"number": 1},
        }

    monkeypatch.setitem(outbox._contexts, "order_code", prepare)
    outbox.send_due()
    sent = django_mail.outbox[0].message()
    assert "Bcc" not in sent
    assert "\n" not in django_mail.outbox[0].subject


def test_a_mail_that_cannot_be_written_is_parked_and_holds_no_other(queued):
    behind = OutboundMail.objects.create(
        dedupe_key="behind", template="order_code", to="a@example.com", context=queued.context
    )
    OutboundMail.objects.filter(pk=queued.pk).update(context={"no_such": 1})
    outbox.send_due()
    behind.refresh_from_db()
    assert behind.state == "SENT"
    for _ in range(outbox.MAX_ATTEMPTS):
        OutboundMail.objects.update(next_at=None)
        outbox.send_due()
    queued.refresh_from_db()
    assert (queued.state, queued.last_error) == ("PARKED", "TypeError")
    assert queued.attempts == outbox.MAX_ATTEMPTS
