"""Addresses of the API. No row id and no number stands in any of them."""

from django.urls import include, path, re_path

from tickets.api.base import NothingHere
from tickets.api.views import buyers, docs, messages, orders, proofs, tickets, verbs

app_name = "api"
TICKET = "tickets/<uuid:public_id>/"
OWN_TICKET = "requests/<uuid:public_id>/tickets/<uuid:ticket_id>/"

v1 = [
    path("order-proofs/", proofs.OrderProofs.as_view(), name="order-proofs"),
    path("order-proofs/code/", proofs.OrderProofCodes.as_view(), name="order-proof-codes"),
    path("order/", buyers.OwnOrderView.as_view(), name="order"),
    path("requests/", buyers.Requests.as_view(), name="requests"),
    path("requests/<uuid:public_id>/", buyers.OneRequest.as_view(), name="request"),
    path(f"{OWN_TICKET}withdraw/", buyers.Withdraw.as_view(), name="own-withdraw"),
    path(f"{OWN_TICKET}reopen/", buyers.Reopen.as_view(), name="own-reopen"),
    path(f"{OWN_TICKET}messages/", buyers.OwnMessages.as_view(), name="own-messages"),
    path("tickets/", tickets.Tickets.as_view(), name="tickets"),
    path(TICKET, tickets.OneTicket.as_view(), name="ticket"),
    path(f"{TICKET}messages/", messages.Messages.as_view(), name="messages"),
    path(f"{TICKET}assign/", verbs.Assign.as_view(), name="assign"),
    *(
        path(f"{TICKET}{verb.value}/", verbs.verb_view(verb).as_view(), name=f"verb-{verb.value}")
        for verb in verbs.BODIES
    ),
    path("orders/", orders.Orders.as_view(), name="orders"),
    path("stores/", orders.Stores.as_view(), name="stores"),
]

urlpatterns = [
    path("schema/", docs.Schema.as_view(), name="schema"),
    path("docs/", docs.Docs.as_view(), name="docs"),
    path("v1/", include(v1)),
    re_path("", NothingHere.as_view(), name="nothing"),
]
