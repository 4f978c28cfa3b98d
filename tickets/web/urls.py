"""Addresses of the buyer's pages."""

from django.urls import path

from tickets.domain.states import Verb
from tickets.web import asking, finding, links, orders, questions, requests, talking

app_name = "tickets"

REQUEST = "requests/<uuid:public_id>/"
TICKET = REQUEST + "tickets/<uuid:ticket_id>/"

urlpatterns = [
    path("", finding.home, name="home"),
    path("shop/<slug:slug>/", finding.find, name="find"),
    path("shop/<slug:slug>/code/", finding.code, name="code"),
    path("o/<str:token>/", links.open_order, name="order-link"),
    path("r/<str:token>/", links.open_request, name="request-link"),
    path("order/", orders.show, name="order"),
    path("order/question/", questions.about_order, name="question"),
    path("order/cancel/", asking.choose, name="choose"),
    path("order/cancel/why/<int:n>/", asking.why, name="why"),
    path("order/cancel/check/", asking.check, name="check"),
    path(REQUEST, requests.show, name="request"),
    path(REQUEST + "sent/", requests.sent, name="sent"),
    path(REQUEST + "question/", questions.about_request, name="request-question"),
    path(TICKET + "answer/", talking.answer, name="answer"),
    path(TICKET + "withdraw/", talking.confirm, {"verb": Verb.WITHDRAW}, name="withdraw"),
    path(TICKET + "reopen/", talking.confirm, {"verb": Verb.REOPEN}, name="reopen"),
]
