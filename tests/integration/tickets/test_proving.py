"""A stranger learns nothing; a buyer gets in with number, digits and code."""

from datetime import timedelta

import pytest

from common import outbox
from common.models import OutboundMail
from common.throttle import TooOften
from tests.factories.cast import staff
from tests.factories.rows import MONDAY
from tickets.actions import keys, proving
from tickets.actions.proving import ProofRefused
from tickets.domain import tokens
from tickets.domain.states import NotAllowed
from tickets.models import BuyerToken


def ask(cast, number=None, digits="5678", address="10.0.0.1", at=MONDAY):
    return proving.ask_code(
        store=cast.store, number=number or cast.order.number, digits=digits, address=address,
        locale="ko", at=at,
    )  # fmt: skip


def code_of(proof) -> str:
    row = BuyerToken.objects.get(digest=tokens.digest_of(proof.token))
    return keys.code_for(row.digest)


def test_code_goes_out_by_mail_and_opens_the_order(cast):
    proof = ask(cast)
    mail = OutboundMail.objects.get()
    assert mail.to == "buyer@example.com"
    assert code_of(proof) in outbox.compose(mail).body
    assert code_of(proof) not in str(mail.context)
    key, order = proving.give_code(token=proof.token, code=code_of(proof), at=MONDAY)
    assert order == cast.order
    assert proving.order_of(token=key.token, at=MONDAY)[0] == cast.order
    assert proving.order_of(token=key.token, at=MONDAY + timedelta(hours=1)) is None


@pytest.mark.parametrize(
    ("_case", "number", "digits"),
    [("no such order", "2026000000000000", "5678"), ("wrong digits", None, "0000"),
     ("no digits", None, ""), ("another shop's", "2026110987654321", "0000")],
)  # fmt: skip
def test_a_wrong_proof_looks_like_a_right_one_and_opens_nothing(cast, _case, number, digits):
    right, wrong = ask(cast), ask(cast, number, digits)
    assert len(wrong.token) == len(right.token)
    assert wrong.expires_at == right.expires_at
    assert OutboundMail.objects.count() == 1
    with pytest.raises(ProofRefused):
        proving.give_code(token=wrong.token, code=code_of(wrong), at=MONDAY)


def test_an_order_without_mail_gets_no_code(cast):
    type(cast.order).objects.update(email="")
    proof = ask(cast)
    assert not OutboundMail.objects.exists()
    with pytest.raises(ProofRefused):
        proving.give_code(token=proof.token, code=code_of(proof), at=MONDAY)


def test_a_code_works_once_and_for_fifteen_minutes(cast):
    proof = ask(cast)
    with pytest.raises(ProofRefused):
        proving.give_code(token=proof.token, code=code_of(proof), at=MONDAY + timedelta(minutes=15))
    proof = ask(cast)
    proving.give_code(token=proof.token, code=code_of(proof), at=MONDAY)
    with pytest.raises(ProofRefused):
        proving.give_code(token=proof.token, code=code_of(proof), at=MONDAY)


def test_five_wrong_codes_end_the_proof(cast):
    proof = ask(cast)
    wrong = "000000" if code_of(proof) != "000000" else "111111"
    for _ in range(5):
        with pytest.raises(ProofRefused):
            proving.give_code(token=proof.token, code=wrong, at=MONDAY)
    with pytest.raises(ProofRefused):
        proving.give_code(token=proof.token, code=code_of(proof), at=MONDAY)


def test_wrong_proofs_of_one_order_are_counted_over_all_addresses(cast):
    for n in range(10):
        ask(cast, digits="0000", address=f"10.0.0.{n}")
    with pytest.raises(TooOften):
        ask(cast, address="10.9.9.9")
    assert ask(cast, number="2026000000000001", address="10.9.9.9").token
    assert ask(cast, at=MONDAY + timedelta(days=1)).token


def test_one_address_asks_sixty_times_an_hour(cast):
    for n in range(60):
        ask(cast, number=f"{n}")
    with pytest.raises(TooOften) as refused:
        ask(cast)
    assert 0 < refused.value.facts["seconds"] <= 3600


def test_a_sellers_link_opens_the_order_until_it_ends(cast):
    link = proving.make_link(order=cast.order, by=staff(cast.agent), at=MONDAY)
    for _ in range(2):
        assert proving.order_of(token=link.token, at=MONDAY)[0] == cast.order
    assert proving.order_of(token=link.token, at=MONDAY + timedelta(hours=72)) is None
    for other in ("", link.token[:-1], link.token.upper(), link.token + "x"):
        assert proving.order_of(token=other, at=MONDAY) is None


@pytest.mark.parametrize("who", ["other_agent", "trainer", "manager"])
def test_only_the_shops_agents_make_links(cast, who):
    with pytest.raises(NotAllowed):
        proving.make_link(order=cast.order, by=staff(getattr(cast, who)), at=MONDAY)
    assert not BuyerToken.objects.exists()


def test_tokens_are_kept_as_digests_only(cast):
    proof = ask(cast)
    link = proving.make_link(order=cast.order, by=staff(cast.agent), at=MONDAY)
    kept = str(list(BuyerToken.objects.values()))
    assert proof.token not in kept
    assert link.token not in kept
    proving.clean_up(at=MONDAY + timedelta(days=5))
    assert not BuyerToken.objects.exists()


def test_nobody_fills_a_buyers_mailbox_with_codes(cast):
    for n in range(7):
        assert ask(cast, address=f"10.0.0.{n}").token
    assert OutboundMail.objects.count() == 5
