"""The rows of the API: every verb of staff and of buyers."""

from typing import Final

from tests.integration.access import things
from tests.integration.access.roles import DECIDERS, Who
from tests.integration.access.table import (
    API_BUYER,
    API_LIST,
    API_STAFF,
    OPEN,
    PUBLIC,
    Row,
)

V1: Final = "api/v1/"
TICKET: Final = V1 + "tickets/<uuid:public_id>/"
REQUEST: Final = V1 + "requests/<uuid:public_id>/"
OWN_TICKET: Final = REQUEST + "tickets/<uuid:ticket_id>/"
REFUSAL: Final = {"ground": "USED_UP", "text": "사용한 상품은 취소할 수 없습니다."}
PROPOSERS: Final = frozenset({Who.AGENT, Who.OTHER_AGENT})


def verb(name: str, state: str, *, post: int = 200, doers=DECIDERS, denied=403, **body) -> Row:
    """Return the row of a verb of the desk on a ticket in this state."""
    return Row(TICKET + name + "/", API_STAFF, things.public_ticket(state), post=post, body=body,
               doers=doers, denied=denied, writes=post < 300)  # fmt: skip


VERBS: Final = (
    verb("take", "received"),
    verb("ask", "received", text="언제 받으셨나요?"),
    verb("stop_waiting", "waiting"),
    verb("approve", "received"),
    verb("refuse", "received", **REFUSAL),
    verb("propose", "received", decision="refuse", **REFUSAL),
    verb("decline", "proposed", doers=frozenset({Who.LEAD})),
    verb("recall", "own proposal", doers=PROPOSERS),
    # Only returns know these; no request of this part is one.
    verb("accept_return", "received", post=409, denied=409),
    verb("goods_back", "received", post=409, denied=409, on="2026-01-02"),
    verb("goods_missing", "received", post=409, denied=409),
    verb("reopen", "refused"),
    verb("resolve", "inquiry"),
)

API: Final = (
    Row("api/schema/", PUBLIC, get=200),
    Row("api/docs/", PUBLIC, get=200),
    Row("api/", OPEN, get=404, post=404, writes=False),
    Row(V1 + "order-proofs/", OPEN, post=202,
        body={"store": "mapo", "order_number": "2026110912345678", "phone_last4": "5678"}),
    Row(V1 + "order-proofs/code/", OPEN, post=400, body={"proof": "x" * 32, "code": "123456"},
        writes=False),
    Row(V1 + "order/", API_BUYER, get=200),
    Row(V1 + "requests/", API_BUYER, things.line_in_body, post=201, hidden=400),
    Row(REQUEST, API_BUYER, things.request("refunded"), get=200),
    Row(OWN_TICKET + "withdraw/", API_BUYER, things.own_ticket("received"), post=200),
    Row(OWN_TICKET + "reopen/", API_BUYER, things.own_ticket("refused"), post=200),
    Row(OWN_TICKET + "messages/", API_BUYER, things.own_ticket("waiting"), get=200, post=201,
        body={"body": "어제 받았습니다."}),
    Row(V1 + "tickets/", API_LIST, get=200, post=400, writes=False),
    Row(V1 + "tickets/", API_STAFF, things.order_in_body, post=201, doers=DECIDERS,
        only=("POST",), body={"kind": "I", "subject": "문의", "body": "문의합니다."}),
    Row(TICKET, API_STAFF, things.public_ticket("received"), get=200),
    Row(TICKET + "messages/", API_STAFF, things.public_ticket("received"), get=200, post=201,
        doers=DECIDERS, body={"body": "확인하겠습니다.", "visibility": "PUBLIC"}),
    Row(TICKET + "assign/", API_STAFF, things.public_ticket("received"), post=200,
        doers=DECIDERS, body={"assignee": None}),
    Row(TICKET + "assign/", API_STAFF, things.assignee_in_body, post=200, doers=DECIDERS,
        hidden=400),
    *VERBS,
    Row(V1 + "orders/", API_LIST, get=200),
    Row(V1 + "stores/", API_LIST, get=200),
)  # fmt: skip
