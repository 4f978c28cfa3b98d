"""Mail out: a row in the writer's transaction, a text made when it is sent, one send per row."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException

import structlog
from django.core.mail import EmailMessage
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils import translation

from common import leases, wake
from common.models import OutboundMail

log = structlog.get_logger("common.outbox")

MAX_ATTEMPTS = 8
BACKOFF_SECONDS = (10, 30, 120, 600, 1800, 3600, 7200)

_contexts: dict = {}


def prepares(template: str):
    """Register the function that turns the ids in a mail's row into its words' facts.

    It gets `context` (the ids) and returns a dictionary for the template, or None when the
    mail has become pointless.
    """

    def register(prepare):
        _contexts[template] = prepare
        return prepare

    return register


def post(*, template: str, to: str, locale: str, dedupe_key: str, **context: int | str) -> None:
    """Queue one mail; a second call with the same `dedupe_key` changes nothing."""
    if not to:
        return
    OutboundMail.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={"template": template, "to": to, "locale": locale, "context": context},
    )
    wake.after_commit("common.tasks.send_due_mail")


def send_due(*, limit: int = 50) -> int:
    """Send what waits; return how many mails went out."""
    rows = OutboundMail.objects.due(leases.db_now())
    return sum(_send(mail) for mail in leases.claim(rows, limit=limit))


def _send(mail: OutboundMail) -> bool:
    try:
        message = compose(mail)
        if message is not None:
            message.send()
    except (SMTPRecipientsRefused, TemplateDoesNotExist, KeyError) as error:
        return _postpone(mail, error, final=True)
    except SMTPResponseException as error:
        return _postpone(mail, error, final=500 <= error.smtp_code < 600)
    except OSError as error:
        return _postpone(mail, error, final=False)
    except Exception as error:
        log.exception("mail_failed", mail=mail.pk)
        return _postpone(mail, error, final=False)
    OutboundMail.objects.filter(pk=mail.pk, fence=mail.fence).update(
        state=OutboundMail.State.SENT, sent_at=leases.db_now(), lease_until=None, last_error=""
    )
    return True


def compose(mail: OutboundMail) -> EmailMessage | None:
    """Write the mail in its reader's language; the template's first line is the subject."""
    prepare = _contexts[mail.template]
    with translation.override(mail.locale):
        facts = prepare(**mail.context)
        if facts is None:
            return None
        text = render_to_string(f"mail/{mail.template}.txt", facts | {"locale": mail.locale})
    subject, _, body = text.strip().partition("\n")
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=body.strip() + "\n",
        to=[mail.to],
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )


def _postpone(mail: OutboundMail, error: Exception, *, final: bool) -> bool:
    parked = final or mail.attempts >= MAX_ATTEMPTS
    wait = BACKOFF_SECONDS[min(mail.attempts, len(BACKOFF_SECONDS)) - 1]
    OutboundMail.objects.filter(pk=mail.pk, fence=mail.fence).update(
        state=OutboundMail.State.PARKED if parked else OutboundMail.State.WAITING,
        lease_until=None,
        next_at=leases.db_now() + timedelta(seconds=wait),
        last_error=type(error).__name__,
    )
    log.error("mail_parked" if parked else "mail_postponed", mail=mail.pk, why=type(error).__name__)
    return False
