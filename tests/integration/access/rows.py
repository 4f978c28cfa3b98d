"""The access matrix as data: a row for every address of the desk.

A new address needs one `Row` here: its route as the resolver spells it (the failing test prints
it), a `Door` (who holds the right kind of key, who of them has the right role), the `Thing` it asks
for, and the status that GET and POST give to those who are let in, for what is their own. Whatever
is not stated follows from the door: the wrong key, the wrong role, what is foreign or missing.
A list of the admin is one `model_pages(...)`.
"""

from collections.abc import Iterator
from typing import Any, Final

from tests.integration.access import things
from tests.integration.access.roles import DECIDERS, DESK, OPERATORS, STAFF, Who
from tests.integration.access.rows_api import API
from tests.integration.access.table import (
    BUYER,
    DESK_PAGE,
    LEADING_PAGE,
    OPEN,
    OPERATOR_PAGE,
    PUBLIC,
    SIGN_IN,
    STAFF_PAGE,
    TRAINER_PAGE,
    Door,
    Row,
)
from tests.integration.access.things import Thing, fixed, nothing
from tests.integration.access.walk import routes

TEXT: Final = {"key": "a-key-of-this-page", "text": "문의합니다."}
REFUSAL: Final = {"ground": "USED_UP", "text": "사용한 상품은 취소할 수 없습니다."}
# The list of the apps changes with each app that has pages.
APPS: Final = next(route for route in routes() if "app_label" in route)
LEADS: Final = frozenset({Who.LEAD})
LEAD_PAGE: Final = Door(STAFF, LEADS, stranger=302)
TOKEN_PAGE: Final = Door(STAFF, LEADS | OPERATORS, stranger=302)
SCORE_PAGE: Final = Door(STAFF, DESK - OPERATORS, stranger=302)
PEOPLE: Final = frozenset({Who.AGENT, Who.OTHER_AGENT})


def model_pages(
    name: str,
    door: Door,
    thing: Thing = nothing,
    *,
    added_by: Door | None = None,
    read_by: Door | None = None,
    **change: Any,
) -> Iterator[Row]:
    """Yield the pages that the admin has for every model; nothing is deleted by any of them.

    `change` says what the page of one row does; by default it is only read, by those who see the
    list or by fewer (`read_by`).
    """
    readers = read_by or door
    route = f"admin/{name}/"
    one = route + "<path:object_id>/"
    shows = {"writes": False}
    yield Row(route, door, get=200, post=200, **shows)
    if added_by is None:
        yield Row(route + "add/", STAFF_PAGE, get=403, post=403, **shows)
    else:
        yield Row(route + "add/", added_by, get=200, post=change.pop("added", 400), **shows)
    yield Row(
        one + "change/", readers, thing, **({"get": 200, "post": 403, "writes": False} | change)
    )
    yield Row(one + "delete/", readers, thing, get=403, post=403, **shows)
    yield Row(one + "history/", STAFF_PAGE, thing, get=404, post=404, **shows)
    yield Row(one, OPEN, fixed(object_id=1), get=302, post=302, **shows)


def shown(route: str, door: Door, thing: Thing = nothing, **given: Any) -> Row:
    """Return a row of an address that changes none of our rows, whatever is sent."""
    return Row(route, door, thing, **given, writes=False)


ORDER_PAGES: Final = (
    shown("", OPEN, get=200),
    Row("shop/<slug:slug>/", OPEN, things.shop, get=200, post=302,
        body={"number": "2026110912345678", "digits": "5678"}),
    shown("shop/<slug:slug>/code/", OPEN, things.shop, get=302, post=302),
    shown("o/<str:token>/", OPEN, things.order_link, get=302),
    shown("r/<str:token>/", OPEN, things.status_link, get=302),
    shown("order/", BUYER, get=200),
    Row("order/question/", BUYER, get=200, post=302, body=TEXT | {"about": "0"}),
    shown("order/cancel/", BUYER, get=200, post=302),
    shown("order/cancel/why/<int:n>/", BUYER, fixed(n=1), get=200, post=302),
    Row("order/cancel/check/", BUYER, things.draft, get=200, post=302),
)  # fmt: skip

REQUEST: Final = "requests/<uuid:public_id>/"
OWN_TICKET: Final = REQUEST + "tickets/<uuid:ticket_id>/"
REQUEST_PAGES: Final = (
    shown(REQUEST, BUYER, things.request("received"), get=200),
    shown(REQUEST, BUYER, things.request("refunded"), get=200),
    shown(REQUEST + "sent/", BUYER, things.request("received"), get=200),
    Row(REQUEST + "question/", BUYER, things.request("refunded"), get=200, post=302, body=TEXT),
    Row(REQUEST + "rating/", BUYER, things.request("refunded"), post=302, body={"q1": "5"}),
    Row(OWN_TICKET + "answer/", BUYER, things.own_ticket("waiting"), post=302, body=TEXT),
    Row(OWN_TICKET + "withdraw/", BUYER, things.own_ticket("received"), get=200, post=302),
    Row(OWN_TICKET + "reopen/", BUYER, things.own_ticket("refused"), get=200, post=302),
)

# A form of Django's would change it; there is none.
NEVER: Final[dict[str, Any]] = {"post": None, "not_taken": 403}
TICKET: Final = "admin/tickets/ticket/"
ACT: Final = TICKET + "<int:pk>/do/<slug:verb>/"
WHO: Final = {"doers": DECIDERS}
DESK_PAGES: Final = (
    *model_pages("orders/order", DESK_PAGE, things.order(), **NEVER),
    *model_pages("orders/product", DESK_PAGE, things.product),
    *model_pages("tickets/ticket", DESK_PAGE, things.ticket("received", "object_id"), **NEVER),
    Row(ACT, DESK_PAGE, things.act("received", "take"), post=302, **WHO),
    Row(ACT, DESK_PAGE, things.act("received", "approve"), post=302, **WHO),
    Row(ACT, DESK_PAGE, things.act("received", "refuse"), post=302, body=REFUSAL, **WHO),
    Row(ACT, DESK_PAGE, things.act("own proposal", "recall"), post=302, doers=PEOPLE),
    shown(ACT, DESK_PAGE, things.act("received", "withdraw"), post=403),
    Row(TICKET + "<int:pk>/reply/", DESK_PAGE, things.ticket("received"), post=302, body=TEXT,
        **WHO),
    Row(TICKET + "<int:pk>/note/", DESK_PAGE, things.ticket("received"), post=302, body=TEXT,
        **WHO),
    Row(TICKET + "<int:pk>/assign/", DESK_PAGE, things.ticket("received"), post=302, **WHO),
    Row(TICKET + "link/<int:pk>/", DESK_PAGE, things.order("pk"), post=200, doers=DECIDERS,
        denied=302),
    shown(TICKET + "<int:pk>/canned/", DESK_PAGE, things.ticket("received"), get=200, post=200),
    *model_pages("feedback/response", DESK_PAGE, things.response, read_by=SCORE_PAGE),
)  # fmt: skip

SET_UP: Final = (
    *model_pages("orders/store", LEADING_PAGE, things.store, post=302, doers=OPERATORS,
                 body={"name": "새 이름", "second_person": "POLICY"}, writes=True),
    *model_pages("common/calendar", LEADING_PAGE, things.calendar),
    # Unticked: the person may not sign in any more.
    *model_pages("common/user", OPERATOR_PAGE, things.user, added_by=OPERATOR_PAGE, post=302,
                 writes=True),
    *model_pages("orders/membership", OPERATOR_PAGE, things.membership, post=302, writes=True,
                 body={"role": "AGENT"}),
    *model_pages("common/outboundmail", OPERATOR_PAGE, things.parked_mail),
    *model_pages("tickets/slapolicy", LEADING_PAGE, things.policy("slapolicy")),
    *model_pages("tickets/decisionpolicy", LEADING_PAGE, things.policy("decisionpolicy")),
    *model_pages("tickets/autorule", LEADING_PAGE, things.policy("autorule")),
    *model_pages("tickets/cannedresponse", DESK_PAGE, things.policy("cannedresponse"),
                 added_by=LEAD_PAGE, post=302, writes=True, doers=LEADS,
                 body={"text_ko": "안녕하세요.", "is_active": "on"}),
    *model_pages("tickets/apitoken", TOKEN_PAGE, things.my_token, added_by=TOKEN_PAGE, post=302,
                 writes=True),
)  # fmt: skip

COURSE: Final = "admin/training/courseversion/<path:object_id>/"
MINE: Final = "admin/training/myassignment/"
DUE: Final = {"due_on": "2099-01-01"}
TRAINING: Final = (
    *model_pages("training/assignment", TRAINER_PAGE, things.assignment),
    *model_pages("training/courseversion", TRAINER_PAGE, things.course("draft"),
                 added_by=TRAINER_PAGE, added=200, post=200),
    shown(COURSE + "change/", TRAINER_PAGE, things.course("published"), get=200, post=403),
    shown(COURSE + "assign/", TRAINER_PAGE, things.course("published"), get=200, post=200,
          body=DUE, hidden=403),
    Row(COURSE + "revise/", TRAINER_PAGE, things.course("published"), get=200, post=302,
        hidden=403),
    *model_pages("training/myassignment", STAFF_PAGE, things.my_assignment("object_id"),
                 post=None),
    shown(MINE + "<int:pk>/begin/", STAFF_PAGE, things.my_assignment("pk"), post=302),
    shown(MINE + "<int:pk>/quiz/<int:n>/", STAFF_PAGE, things.my_assignment("pk", 2), get=200,
          post=400),
    shown(MINE + "<int:pk>/result/<int:n>/", STAFF_PAGE, things.my_assignment("pk", 1), get=200,
          post=200),
)  # fmt: skip

# Django's own form would try this password; the one sign-in counts and asks for a second factor.
GUESS: Final = {"username": "lead@example.com", "password": "guessed"}
SHELL: Final = (
    shown("admin/", STAFF_PAGE, get=302, post=302),
    shown("admin/search/", STAFF_PAGE, get=200, post=200),
    shown("admin/login/", OPEN, get=302, post=302, body=GUESS),
    shown("admin/logout/", STAFF_PAGE, post=302),
    shown("admin/password_change/", STAFF_PAGE, get=302, post=302),
    shown("admin/password_change/done/", STAFF_PAGE, get=200),
    shown("admin/autocomplete/", STAFF_PAGE, get=403),
    shown("admin/jsi18n/", STAFF_PAGE, get=200),
    shown("admin/r/<path:content_type_id>/<path:object_id>/", STAFF_PAGE,
          fixed(content_type_id=1, object_id=1), get=404, post=404),
    shown(APPS, STAFF_PAGE, fixed(path="/admin/orders/"), get=302, post=302),
    shown("admin/(?P<url>.*)$", STAFF_PAGE, fixed(path="/admin/nirgends"), get=404, post=404),
)  # fmt: skip

ACCOUNTS: Final = (
    shown("accounts/login/", SIGN_IN, get=200, post=200),
    shown("accounts/logout/", STAFF_PAGE, get=200, post=302),
    shown("accounts/inactive/", OPEN, get=200),
    shown("accounts/signup/", SIGN_IN, get=200, post=200),
    shown("accounts/reauthenticate/", STAFF_PAGE, get=200, post=200),
    shown("accounts/email/", STAFF_PAGE, get=200, post=302),
    shown("accounts/confirm-email/", OPEN, get=200),
    shown("accounts/password/change/", STAFF_PAGE, get=200, post=200),
    shown("accounts/password/set/", OPEN, get=302, post=302),
    shown("accounts/password/reset/", OPEN, get=200, post=200),
    shown("accounts/password/reset/done/", OPEN, get=200),
    shown("accounts/password/reset/key/done/", OPEN, get=200),
    shown("accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$", OPEN,
          fixed(path="/accounts/password/reset/key/1-abc/"), get=200, post=200),
    shown("accounts/login/code/confirm/", OPEN, get=302, post=302),
    shown("accounts/^confirm-email/(?P<key>[-:\\w]+)/$", OPEN,
          fixed(path="/accounts/confirm-email/abc/"), get=200, post=404),
    shown("accounts/2fa/", STAFF_PAGE, get=200),
    shown("accounts/2fa/authenticate/", OPEN, get=302, post=302),
    shown("accounts/2fa/reauthenticate/", OPEN, get=302, post=302),
    shown("accounts/2fa/totp/activate/", OPEN, get=302, post=302),
    shown("accounts/2fa/totp/deactivate/", STAFF_PAGE, get=404, post=404),
    shown("accounts/2fa/recovery-codes/", STAFF_PAGE, get=404),
    shown("accounts/2fa/recovery-codes/generate/", OPEN, get=302, post=302),
    shown("accounts/2fa/recovery-codes/download/", STAFF_PAGE, get=404, post=404),
    shown("i18n/setlang/", OPEN, get=302, post=302, body={"language": "en"}),
)  # fmt: skip

ROWS: Final[tuple[Row, ...]] = (
    shown("healthz", PUBLIC, get=200),
    shown("readyz", PUBLIC, get=200),
    *ORDER_PAGES,
    *REQUEST_PAGES,
    *DESK_PAGES,
    *SET_UP,
    *TRAINING,
    *SHELL,
    *ACCOUNTS,
    *API,
)
