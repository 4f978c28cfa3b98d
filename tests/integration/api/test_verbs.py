"""Verbs over the API: what the table allows, on the version that was seen, once."""

from uuid import uuid4

import pytest
from django.utils import timezone

from orders.models import OrderLine, Refund
from tests.factories.cast import staff
from tests.factories.rows import OrderLineFactory
from tests.integration.api.conftest import problem, staff_client
from tickets.actions import decisions
from tickets.models import Message, Proposal, Ticket


def path(ticket, verb=""):
    return f"/api/v1/tickets/{ticket.public_id}/{verb}/".replace("//", "/")


@pytest.fixture
def dear(cast):
    """A ticket that an agent may not decide alone, but a lead may."""
    line = OrderLineFactory(
        order=cast.order, line_key="dear", product__store=cast.store, paid=200_000
    )
    return cast.ticket(line=line)


def test_verbs_lead_from_request_to_refund(cast, agent):
    ticket = cast.ticket(quantity=3)
    steps = [
        ("take", {}, "REVIEWING"),
        ("ask", {"text": "언제 받으셨나요?"}, "WAITING_BUYER"),
        ("stop_waiting", {}, "REVIEWING"),
        ("approve", {}, "APPROVED"),
    ]
    for n, (verb, body, status) in enumerate(steps, start=2):
        answer = agent.post(path(ticket, verb), body)
        assert (answer.status_code, answer.json()["status"]) == (200, status), answer.content
        assert answer["ETag"] == f'"{n}"'
    assert Refund.objects.get().amount == 10_000
    assert answer.json()["refund"]["state"] == "PLANNED"
    assert answer.json()["assignee"]["email"] == "agent@example.com"


def test_refuse_tells_the_buyer_and_frees_the_units(cast, agent):
    ticket = cast.ticket()
    answer = agent.post(path(ticket, "refuse"), {"ground": "USED_UP", "text": "사용하셨네요."})
    assert answer.json()["refusal_ground"] == "USED_UP"
    assert Message.objects.get().visibility == "PUBLIC"
    assert OrderLine.objects.get(pk=cast.line.pk).claimed_qty == 0
    assert agent.post(path(ticket, "reopen"), {}).json()["status"] == "REVIEWING"


def test_proposal_needs_another_person(cast, dear, agent, lead, nothing_changes):
    problem(nothing_changes(lambda: agent.post(path(dear, "approve"), {})), 403, "needs_lead")
    proposed = agent.post(path(dear, "propose"), {"decision": "approve", "note": "확인 부탁"})
    assert proposed.json()["status"] == "WAITING_APPROVAL"
    problem(nothing_changes(lambda: agent.post(path(dear, "approve"), {})), 403, "not_allowed")
    problem(nothing_changes(lambda: lead.post(path(dear, "refuse"), {})), 409, "other_decision")

    answer = lead.post(path(dear, "approve"), {})

    assert answer.json()["status"] == "APPROVED"
    assert Proposal.objects.get().decided_by == cast.lead


def test_proposal_is_declined_or_recalled(cast, dear, agent, lead):
    agent.post(path(dear, "propose"), {"decision": "approve"})
    assert lead.post(path(dear, "decline"), {"note": "다시"}).json()["status"] == "REVIEWING"
    assert Message.objects.get().visibility == "NOTE"
    agent.post(path(dear, "propose"), {"decision": "refuse", "ground": "USED_UP", "text": "사용"})
    assert agent.post(path(dear, "recall"), {}).json()["status"] == "REVIEWING"


@pytest.mark.parametrize(
    ("verb", "body", "status", "code"),
    [
        ("ask", {}, 400, "invalid"),
        ("ask", {"text": ""}, 400, "invalid"),
        ("ask", {"text": 5}, 400, "invalid"),
        ("ask", {"text": "x" * 10_001}, 400, "invalid"),
        ("take", {"text": "x"}, 400, "invalid"),
        ("approve", {"amount": 1}, 400, "invalid"),
        ("approve", {"decided_by": 1}, 400, "invalid"),
        ("approve", {"seen_version": 1}, 400, "invalid"),
        ("approve", [], 400, "invalid"),
        ("refuse", {}, 400, "unknown_ground"),
        ("refuse", {"ground": "NO_REFUNDS", "text": "x"}, 400, "invalid"),
        ("refuse", {"ground": "USED_UP"}, 400, "empty_text"),
        ("propose", {}, 400, "invalid"),
        ("propose", {"decision": "force"}, 400, "invalid"),
        ("propose", {"decision": "approve"}, 409, "no_proposal_needed"),
        ("goods_back", {}, 400, "invalid"),
        ("goods_back", {"on": "2026-11-31"}, 400, "invalid"),
        ("goods_back", {"on": 20261109}, 400, "invalid"),
        ("goods_back", {"on": "2026-11-09"}, 409, "illegal_transition"),
        ("goods_back", {"on": "9999-12-31"}, 400, "day_in_future"),
        ("decline", {}, 409, "illegal_transition"),
        ("recall", {}, 409, "illegal_transition"),
        ("reopen", {}, 409, "illegal_transition"),
        ("resolve", {}, 409, "illegal_transition"),
        ("accept_return", {}, 409, "illegal_transition"),
        ("goods_missing", {}, 409, "illegal_transition"),
        ("stop_waiting", {}, 409, "illegal_transition"),
        ("withdraw", {}, 404, "not_found"),
        ("settle", {}, 404, "not_found"),
        ("force", {}, 404, "not_found"),
        ("status", {"status": "APPROVED"}, 404, "not_found"),
    ],
)
def test_verb_refuses(verb, body, status, code, cast, agent, nothing_changes):
    ticket = cast.ticket()
    problem(nothing_changes(lambda: agent.post(path(ticket, verb), body)), status, code)


def test_verb_on_a_foreign_and_on_a_missing_ticket_looks_the_same(cast, stranger, nothing_changes):
    ticket = cast.ticket()
    foreign = nothing_changes(lambda: stranger.post(path(ticket, "approve"), {}))
    missing = stranger.post(f"/api/v1/tickets/{uuid4()}/approve/", {})
    assert problem(foreign, 404) == problem(missing, 404)


@pytest.mark.parametrize(
    "method", ["put", "patch", "delete", "options"], ids=["put", "patch", "delete", "options"]
)
def test_ticket_cannot_be_written_directly(method, cast, lead, nothing_changes):
    ticket = cast.ticket()
    for where in ("/api/v1/tickets/", path(ticket), path(ticket, "approve")):
        answer = nothing_changes(lambda w=where: getattr(lead, method)(w, {"status": "REFUNDED"}))
        problem(answer, 405)
        assert answer["Allow"]


@pytest.mark.parametrize(
    ("tag", "status"),
    [('"1"', 200), ("*", 200), ('"2"', 412), ('"0"', 412), ('W/"1"', 400), ("1", 400),
     ('"1", "2"', 400), ('"x"', 400), ('"99999999999999999999"', 400)],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["take", "approve", "assign"])
def test_verb_heeds_if_match(verb, tag, status, cast, agent, nothing_changes):
    ticket = cast.ticket()
    body = {"assignee": "me"} if verb == "assign" else {}

    def send():
        return agent.post(path(ticket, verb), body, headers={"If-Match": tag})

    if status == 200:
        assert send().status_code == 200
        assert Ticket.objects.get().version == 2
    else:
        problem(nothing_changes(send), status)


def test_stale_version_says_who_was_faster(cast, agent, lead):
    ticket = cast.ticket()
    lead.post(path(ticket, "take"), {})
    answer = agent.post(path(ticket, "approve"), {}, headers={"If-Match": '"1"'})
    facts = problem(answer, 412, "version_changed")["facts"]
    assert facts["who"] == "Lead"
    assert facts["status"] == "REVIEWING"


def test_assign_gives_takes_and_leaves(cast, agent):
    ticket = cast.ticket()
    for assignee, wanted in (
        ("me", cast.agent),
        ("LEAD@example.com", cast.lead),
        (None, None),
    ):
        answer = agent.post(path(ticket, "assign"), {"assignee": assignee})
        assert answer.status_code == 200, answer.content
        assert Ticket.objects.get().assignee == wanted
        assert answer.json()["status"] == "RECEIVED"


@pytest.mark.parametrize(
    "assignee", ["other_agent@example.com", "nobody@example.com", "", 1, ["me"], "x" * 255]
)
def test_assign_refuses_whoever_is_not_of_the_store(assignee, cast, agent, nothing_changes):
    ticket = cast.ticket()
    answer = nothing_changes(lambda: agent.post(path(ticket, "assign"), {"assignee": assignee}))
    assert list(problem(answer, 400, "invalid")["fields"]) == ["assignee"]


def test_assign_says_the_same_of_a_foreign_and_of_an_unknown_address(cast, agent):
    ticket = cast.ticket()
    said = [
        problem(agent.post(path(ticket, "assign"), {"assignee": who}), 400)
        for who in (cast.other_agent.email, "nobody@example.com")
    ]
    assert said[0] == said[1]


def test_messages_are_replies_or_notes(cast, agent):
    ticket = cast.ticket()
    for visibility in ("PUBLIC", "NOTE"):
        body = {"body": f"말 {visibility}", "visibility": visibility}
        answer = agent.post(path(ticket, "messages"), body)
        assert answer.status_code == 201
        assert answer.json()["author"] == "Agent"
    said = agent.get(path(ticket, "messages")).json()["results"]
    assert [message["visibility"] for message in said] == ["PUBLIC", "NOTE"]
    assert agent.get(path(ticket)).json()["messages"] == {"public": 1, "notes": 1}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"body": "x"},
        {"body": "x", "visibility": "SECRET"},
        {"body": "", "visibility": "NOTE"},
        {"body": "x", "visibility": "NOTE", "user": 1},
        {"body": "x", "visibility": "NOTE", "at": "2020"},
    ],
)
def test_message_of_staff_refuses(body, cast, agent, nothing_changes):
    ticket = cast.ticket()
    problem(nothing_changes(lambda: agent.post(path(ticket, "messages"), body)), 400)


def test_manager_reads_and_may_not_write(cast, nothing_changes):
    ticket = cast.ticket()
    client = staff_client(cast.manager, cast.store)
    assert client.get(path(ticket)).json()["verbs"] == []
    for verb, body in (
        ("messages", {"body": "x", "visibility": "NOTE"}),
        ("assign", {"assignee": None}),
        ("approve", {}),
    ):
        problem(nothing_changes(lambda v=verb, b=body: client.post(path(ticket, v), b)), 403)


def test_approval_is_refused_when_somebody_else_decided(cast, agent, nothing_changes):
    ticket = cast.ticket()
    decisions.approve(ticket_id=ticket.pk, by=staff(cast.lead), at=timezone.now())
    answer = nothing_changes(lambda: agent.post(path(ticket, "approve"), {}))
    problem(answer, 409, "illegal_transition")
    assert Refund.objects.count() == 1
