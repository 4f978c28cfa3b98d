"""Prepared answers are never edited: a lead publishes a new version, the old one stays."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from common import events
from common.domain.actors import Actor
from common.errors import Refused, gettext_noop
from orders.models import Membership, Role, Store
from tickets.domain import canned
from tickets.domain.events import CannedEvent
from tickets.models import CannedResponse, CannedResponseVersion


class NotLead(Refused):
    """Leads write prepared answers, for their stores."""

    code = "not_lead"
    wording = gettext_noop("Only a lead of the store may write its canned responses.")
    status = 403


class CodeTaken(Refused):
    """The shortcut is in use."""

    code = "canned_code_taken"
    wording = gettext_noop("The short name '%(code)s' is taken.")


class KoreanMissing(Refused):
    """The Korean text is the one that is always there."""

    code = "canned_text_missing"
    wording = gettext_noop("Write the Korean text.")
    status = 400


@dataclass(frozen=True, slots=True)
class Texts:
    """What an answer says; the English text may be empty."""

    ko: str
    en: str = ""

    def checked(self) -> "Texts":
        """Return the texts trimmed; refuse an unknown placeholder or no Korean."""
        ko, en = self.ko.strip().replace("\r\n", "\n"), self.en.strip().replace("\r\n", "\n")
        if not ko:
            raise KoreanMissing()
        canned.check(ko)
        canned.check(en)
        return Texts(ko, en)


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """The name, shortcut and store of a new answer."""

    code: str
    name: str
    store_id: int


@transaction.atomic
def create(new: NewAnswer, texts: Texts, *, by: Actor, at: datetime) -> CannedResponse:
    """Make an answer and publish its first version."""
    require_lead(new.store_id, by)
    try:
        with transaction.atomic():
            answer = CannedResponse.objects.create(
                code=new.code, name=new.name, store_id=new.store_id
            )
    except IntegrityError:
        raise CodeTaken(code=new.code) from None
    _publish(answer, texts.checked(), by, at)
    return answer


@transaction.atomic
def revise(*, answer_id: int, texts: Texts, active: bool, by: Actor, at: datetime) -> None:
    """Publish changed texts under the next number, and offer the answer or stop offering it."""
    answer = CannedResponse.objects.get(pk=answer_id)
    require_lead(answer.store_id, by)
    texts = texts.checked()
    newest = answer.versions.order_by("-number").first()
    if newest is None or (newest.text_ko, newest.text_en) != (texts.ko, texts.en):
        _publish(answer, texts, by, at)
    if answer.is_active != active:
        answer.is_active = active
        answer.save(update_fields=["is_active"])
        events.record(CannedEvent.SWITCHED, subject=answer, by=by, at=at, active=active)


def _publish(
    answer: CannedResponse, texts: Texts, by: Actor, at: datetime
) -> CannedResponseVersion:
    last = answer.versions.aggregate(last=Max("number"))["last"] or 0
    version = CannedResponseVersion.objects.create(
        response=answer,
        number=last + 1,
        author_id=by.user_id,
        text_ko=texts.ko,
        text_en=texts.en,
        published_at=at,
    )
    events.record(CannedEvent.PUBLISHED, subject=answer, by=by, at=at, number=version.number)
    return version


def require_lead(store_id: int | None, by: Actor) -> None:
    """Refuse who does not lead the store; what is for all stores, who does not lead them all."""
    if by.user_id is None:
        raise NotLead()
    led = Membership.objects.filter(
        user_id=by.user_id, role=Role.LEAD, user__is_active=True, user__is_staff=True
    )
    concerned = Store.objects.all() if store_id is None else Store.objects.filter(pk=store_id)
    if concerned.exclude(pk__in=led.values("store_id")).exists():
        raise NotLead()
