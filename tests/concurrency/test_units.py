"""Units and stock under many hands: what is claimed is claimed once, no movement is lost."""

from functools import partial

import pytest
from django.db import IntegrityError
from django.db.models import Sum

from orders.actions import stock
from orders.actions.claims import UnitsTaken
from orders.domain.stock import EntryKind
from orders.models import Claim, Product, StockEntry
from tests.factories.cast import Cast
from tests.factories.rows import MONDAY, ProductFactory
from tickets.models import BuyerRequest, Ticket

pytestmark = pytest.mark.postgres


def assert_one_has_the_units(cast: Cast, outcomes: list) -> None:
    won = [o for o in outcomes if isinstance(o, Ticket)]
    lost = [o for o in outcomes if isinstance(o, UnitsTaken)]
    assert (len(won), len(lost)) == (1, len(outcomes) - 1), outcomes
    assert {refusal.facts["tickets"] for refusal in lost} == {won[0].number}
    cast.line.refresh_from_db()
    assert (cast.line.claimed_qty, Claim.objects.count()) == (3, 1)
    assert BuyerRequest.objects.count() == 1


def test_of_four_who_ask_for_the_same_units_one_has_them(cast, race):
    race.meet_after("orders.locks.lock_line")
    outcomes = race.run(*[partial(cast.ticket, quantity=3)] * 4)
    assert_one_has_the_units(cast, outcomes)


def test_control_without_the_lock_of_the_line_the_database_refuses_rudely(cast, race, without_lock):
    without_lock("orders.locks.lock_line")
    race.meet_after("orders.locks.lock_line")
    outcomes = race.run(*[partial(cast.ticket, quantity=3)] * 2)
    with pytest.raises(AssertionError):
        assert_one_has_the_units(cast, outcomes)
    assert IntegrityError in [type(o) for o in outcomes]
    assert Claim.objects.count() == 1  # the sum on the line holds the units


def move_stock(product: Product, quantities: range) -> None:
    for quantity in quantities:
        kind = EntryKind.RESTOCK if quantity > 0 else EntryKind.SALE
        if quantity:
            stock.enter(product_id=product.pk, kind=kind, quantity=quantity, at=MONDAY)


def assert_books_agree() -> None:
    for product in Product.objects.filter(sku__startswith="RACE"):
        entered = StockEntry.objects.filter(product=product).aggregate(s=Sum("quantity"))["s"]
        assert product.on_hand - product.shortage == entered
        assert min(product.on_hand, product.shortage) == 0


def test_no_movement_of_stock_is_lost(race, transactional_db):
    products = [ProductFactory(sku=f"RACE{n}", tracks_stock=True) for n in range(2)]
    race.meet_after("orders.locks.lock_product", times=3)
    race.run(*(partial(move_stock, products[n % 2], range(-6, 7)) for n in range(8)))
    assert StockEntry.objects.count() == 8 * 12
    assert_books_agree()


def test_control_without_the_lock_of_the_product_a_movement_is_lost(
    race, without_lock, transactional_db
):
    product = ProductFactory(sku="RACE", tracks_stock=True)
    without_lock("orders.locks.lock_product")
    race.meet_after("orders.locks.lock_product")
    race.run(*[partial(move_stock, product, range(1, 2))] * 2)
    assert StockEntry.objects.count() == 2
    with pytest.raises(AssertionError):
        assert_books_agree()
