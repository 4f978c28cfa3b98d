"""How a buyer proves to be one: number and digits, then a code by mail; or a seller's link."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from common import events, outbox, throttle
from common.domain.actors import Actor
from common.errors import Refused, gettext_noop
from orders.actions import proofs
from orders.domain.events import OrderEvent
from orders.models import Order, Store
from tickets.actions import authority, keys
from tickets.domain import states, tokens
from tickets.domain.states import Party
from tickets.models import BuyerToken

CODE_LIVES = timedelta(minutes=15)
ORDER_LIVES = timedelta(hours=1)
LINK_LIVES = timedelta(hours=72)
MAX_WRONG_CODES = 5
HOUR, DAY = 3600, 86_400


class ProofRefused(Refused):
    """Wrong, expired, used or never there: all look alike."""

    code = "proof_refused"
    wording = gettext_noop("This code is not right or no longer valid. Ask for a new one.")
    status = 400


@dataclass(frozen=True, slots=True)
class Proof:
    """What the buyer gets to go on with; `token` is shown once and never stored."""

    token: str
    expires_at: datetime


def ask_code(
    *, store: Store, number: str, digits: str, address: str, locale: str, at: datetime
) -> Proof:
    """Answer the same whether the order exists or not; if all fits, a code goes out by mail.

    At most 60 an hour from one address; 10 wrong ones a day for one order number, from all
    addresses together (reliability.md, rate limits).
    """
    throttle.hit(f"proof-address:{address}", limit=60, seconds=HOUR, at=at)
    wrong_key = f"proof-wrong:{store.pk}:{tokens.digest_of(number)[:32]}"
    throttle.check(wrong_key, limit=10, seconds=DAY, at=at)
    order = Order.objects.filter(store=store, number=number[:40]).first()
    fits = order is not None and proofs.tail_matches(order, digits)
    if not fits:
        throttle.hit(wrong_key, limit=10, seconds=DAY, at=at)
    mailed = order if order is not None and fits and _may_mail(order, at) else None
    return _new_code(mailed, locale, at)


def _may_mail(order: Order, at: datetime) -> bool:
    """Tell whether the buyer may get one more code: 5 an hour for an order, 20 a day.

    Whoever knows number and digits must not fill a buyer's mailbox; the page looks the same.
    """
    try:
        throttle.hit(f"code-hour:{order.pk}", limit=5, seconds=HOUR, at=at)
        throttle.hit(f"code-day:{order.pk}", limit=20, seconds=DAY, at=at)
    except throttle.TooOften:
        return False
    return True


@transaction.atomic
def _new_code(order: Order | None, locale: str, at: datetime) -> Proof:
    """Write the same row for a wrong order as for a right one, so that both take as long."""
    token = tokens.new_token()
    row = BuyerToken.objects.create(
        digest=tokens.digest_of(token),
        purpose=BuyerToken.Purpose.CODE,
        order=order if order and order.email else None,
        expires_at=at + CODE_LIVES,
    )
    if row.order is not None:
        outbox.post(
            template="order_code",
            to=row.order.email,
            locale=locale,
            dedupe_key=f"code:{row.pk}",
            token_id=row.pk,
        )
    return Proof(token, row.expires_at)


def give_code(*, token: str, code: str, at: datetime) -> tuple[Proof, Order]:
    """Trade a proof and its code for a key to the order; five wrong codes end the proof."""
    row = BuyerToken.objects.filter(
        digest=tokens.digest_of(token), purpose=BuyerToken.Purpose.CODE
    ).first()
    if row is None:
        raise ProofRefused()
    # Counted before the comparison and for good: parallel guesses cannot outrun the counter.
    counted = BuyerToken.objects.filter(
        pk=row.pk, used_at=None, wrong__lt=MAX_WRONG_CODES, expires_at__gt=at
    ).update(wrong=F("wrong") + 1)
    if not counted or row.order is None or not tokens.same(code, keys.code_for(row.digest)):
        raise ProofRefused()
    return _trade(row, row.order, at), row.order


@transaction.atomic
def _trade(row: BuyerToken, order: Order, at: datetime) -> Proof:
    if not BuyerToken.objects.filter(pk=row.pk, used_at=None).update(used_at=at):
        raise ProofRefused()
    return _key(order, BuyerToken.Purpose.ORDER, at + ORDER_LIVES)


def _key(order: Order, purpose: str, expires_at: datetime) -> Proof:
    token = tokens.new_token()
    BuyerToken.objects.create(
        digest=tokens.digest_of(token), purpose=purpose, order=order, expires_at=expires_at
    )
    return Proof(token, expires_at)


@transaction.atomic
def make_link(*, order: Order, by: Actor, at: datetime) -> Proof:
    """Make the link that a seller sends to a buyer without e-mail; valid for three days."""
    roles = authority.roles_in(order.store_id, by.user_id) if by.user_id else set()
    if not roles & {Party.AGENT.value, Party.LEAD.value}:
        raise states.NotAllowed(verb="link")
    proof = _key(order, BuyerToken.Purpose.LINK, at + LINK_LIVES)
    events.record(OrderEvent.LINK_MADE, subject=order, by=by, at=at)
    return proof


def order_of(*, token: str, at: datetime) -> tuple[Order, datetime] | None:
    """Return the order a key or link opens, and until when; None when it opens nothing."""
    if len(token) < 20:
        return None
    row = (
        BuyerToken.objects.filter(
            digest=tokens.digest_of(token),
            purpose__in=(BuyerToken.Purpose.ORDER, BuyerToken.Purpose.LINK),
            expires_at__gt=at,
        )
        .select_related("order__store")
        .first()
    )
    return (row.order, row.expires_at) if row and row.order else None


def clean_up(*, at: datetime) -> None:
    """Remove keys a day after their time is over."""
    BuyerToken.objects.filter(expires_at__lt=at - timedelta(days=1)).delete()
