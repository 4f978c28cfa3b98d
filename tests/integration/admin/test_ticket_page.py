"""The ticket's page: what it shows, and that every button does exactly what it says."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.domain.actors import Actor
from common.models import Event
from orders.models import Refund
from tests.factories.rows import OrderLineFactory
from tickets.actions import conversation, decisions, desk
from tickets.actions.decisions import Refusal, Wanted
from tickets.domain.states import Verb
from tickets.models import CannedResponse, CannedResponseVersion, Message, Proposal, Ticket

SEOUL = ZoneInfo("Asia/Seoul")
REFUSAL = {"ground": "USED_UP", "text": "사용한 상품은 취소할 수 없습니다."}


def canned(text: str, **fields) -> CannedResponseVersion:
    """Publish a canned response."""
    response = CannedResponse.objects.create(**({"code": "hello", "name": "인사"} | fields))
    return CannedResponseVersion.objects.create(
        response=response, number=1, text_ko=text, published_at=timezone.now()
    )


def labels(response) -> list[str]:
    """Return the verbs that the page offers."""
    return [act.verb for act in response.context["acts"]]


def snapshot(ticket: Ticket) -> dict:
    """Return everything that a refused act must leave alone."""
    return {
        "ticket": Ticket.objects.filter(pk=ticket.pk).values().get(),
        "messages": Message.objects.count(),
        "proposals": list(Proposal.objects.values()),
        "refunds": Refund.objects.count(),
        "clocks": list(ticket.clocks.order_by("id").values()),
        "events": Event.objects.count(),
    }


def test_page_shows_line_money_clocks_and_masked_buyer(cast, sign_in, page_of):
    ticket = cast.ticket(quantity=2)
    page = sign_in(cast.agent).get(page_of(ticket)).content.decode()

    for shown in (
        "무선 마우스", "10,000원", "6,666원", "홍*동", "010-****-5678", "5 in stock",
        "Why this deadline", "전자상거래법", "First reply", "Decision", "Received",
    ):  # fmt: skip
        assert shown in page
    for hidden in ("홍길동", "010-1234-5678", "buyer@example.com"):
        assert hidden not in page


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("agent", ["take", "approve", "refuse", "propose"]),
        ("lead", ["take", "approve", "refuse", "propose"]),
        ("manager", []),
        ("operator", []),
    ],
)
def test_buttons_are_what_the_table_offers_to_this_person(cast, sign_in, page_of, who, offered):
    answer = sign_in(getattr(cast, who)).get(page_of(cast.ticket()))

    assert labels(answer) == offered
    assert (b"Send reply" in answer.content) is bool(offered)


def test_agent_over_the_limit_may_only_propose_or_refuse(cast, sign_in, page_of):
    cast.line.paid = 900_000
    cast.line.save()

    assert labels(sign_in(cast.agent).get(page_of(cast.ticket()))) == ["take", "refuse", "propose"]


def test_approve_plans_the_refund(cast, sign_in, page_of, do_url):
    ticket = cast.ticket()
    client = sign_in(cast.agent)
    answer = client.post(do_url(ticket, "approve"), {"version": ticket.version}, follow=True)

    assert answer.redirect_chain[-1][0] == page_of(ticket)
    assert "Approve: done. The ticket is now: Approved." in answer.content.decode()
    ticket.refresh_from_db()
    assert ticket.status == "APPROVED"
    assert ticket.decided_by == cast.agent
    assert Refund.objects.get().amount == 3333


def test_take_refuse_and_reopen(cast, sign_in, do_url):
    ticket = cast.ticket()
    client = sign_in(cast.agent)

    client.post(do_url(ticket, "take"))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == ("REVIEWING", cast.agent)
    client.post(do_url(ticket, "refuse"), REFUSAL | {"version": ticket.version})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.refusal_ground) == ("REFUSED", "USED_UP")
    assert Message.objects.get().body == REFUSAL["text"]
    client.post(do_url(ticket, "reopen"))
    ticket.refresh_from_db()
    assert ticket.status == "REVIEWING"


def test_ask_and_stop_waiting(cast, sign_in, do_url):
    ticket = cast.ticket()
    client = sign_in(cast.agent)

    client.post(do_url(ticket, "ask"), {"text": "사진이 있나요?"})
    ticket.refresh_from_db()
    assert ticket.status == "WAITING_BUYER"
    assert Message.objects.get().body == "사진이 있나요?"
    client.post(do_url(ticket, "stop_waiting"))
    ticket.refresh_from_db()
    assert ticket.status == "REVIEWING"


def test_second_person_sees_the_proposal_and_only_its_decision(cast, sign_in, page_of, do_url):
    ticket = cast.ticket()
    sign_in(cast.agent).post(
        do_url(ticket, "propose"),
        REFUSAL | {"decision": "refuse", "note": "확인 부탁", "version": ticket.version},
    )
    ticket.refresh_from_db()
    assert ticket.status == "WAITING_APPROVAL"

    own = sign_in(cast.agent).get(page_of(ticket))
    assert labels(own) == ["recall"]
    answer = sign_in(cast.lead).get(page_of(ticket))
    assert labels(answer) == ["refuse", "decline"]
    page = answer.content.decode()
    for shown in ("Waits for a second person: Refuse", "Agent", "확인 부탁", REFUSAL["text"]):
        assert shown in page

    sign_in(cast.lead).post(do_url(ticket, "refuse"), {"version": ticket.version})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.decided_by) == ("REFUSED", cast.lead)


def test_decline_and_recall(cast, sign_in, do_url):
    for person, verb in ((cast.lead, "decline"), (cast.agent, "recall")):
        ticket = cast.ticket()
        sign_in(cast.agent).post(do_url(ticket, "propose"), REFUSAL | {"decision": "refuse"})
        sign_in(person).post(do_url(ticket, verb), {"note": "다시 봐 주세요"})
        ticket.refresh_from_db()
        assert ticket.status == "REVIEWING"
    assert Message.objects.get().visibility == "NOTE"


def test_second_of_two_deciders_is_told_who_and_when(cast, sign_in, do_url):
    ticket = cast.ticket()
    sign_in(cast.agent).post(do_url(ticket, "approve"), {"version": ticket.version})
    before = snapshot(ticket)

    answer = sign_in(cast.lead).post(
        do_url(ticket, "refuse"), REFUSAL | {"version": ticket.version, "act": "refuse"}
    )

    assert answer.status_code == 409
    page = answer.content.decode()
    local = timezone.localtime(timezone=SEOUL)
    assert f"Agent changed this ticket at {local:%a} {local.day} {local:%b} {local:%H:}" in page
    assert "it is Approved now" in page
    assert snapshot(ticket) == before


@pytest.mark.parametrize(
    ("verb", "given", "says"),
    [
        ("refuse", {"text": "안 됩니다"}, "A refusal needs one of the grounds"),
        ("refuse", {"ground": "USED_UP"}, "Write something first."),
        ("propose", {"decision": "approve"}, "You may decide this alone"),
        ("propose", {"decision": "dance"}, "needs"),
        ("ask", {"text": "  "}, "Write something first."),
        ("recall", {}, "is not possible now"),
        ("settle", {}, "You may not"),
        ("goods_back", {"on": "gestern"}, "needs"),
        ("approve", {"version": 99}, "changed this ticket"),
    ],
)
def test_refused_act_says_why_keeps_the_text_and_changes_nothing(
    cast, sign_in, do_url, verb, given, says
):
    ticket = cast.ticket()
    before = snapshot(ticket)

    answer = sign_in(cast.agent).post(do_url(ticket, verb), given | {"act": verb})

    assert 400 <= answer.status_code < 500
    page = answer.content.decode()
    assert says in answer.context["problem"]
    assert 'role="alert"' in page
    assert given.get("text", "").strip() in page
    assert snapshot(ticket) == before


def test_agent_over_the_limit_is_refused_with_amounts_in_words(cast, sign_in, do_url):
    cast.line.paid = 900_000
    cast.line.save()
    ticket = cast.ticket()
    before = snapshot(ticket)

    answer = sign_in(cast.agent).post(do_url(ticket, "approve"))

    assert answer.status_code == 403
    assert "300,000원 is over what you may decide alone (100,000원)" in answer.context["problem"]
    assert snapshot(ticket) == before


@pytest.mark.parametrize("who", ["manager", "operator"])
@pytest.mark.parametrize("act", ["approve", "reply", "note", "assign"])
def test_those_who_only_read_change_nothing(cast, sign_in, do_url, who, act):
    ticket = cast.ticket()
    before = snapshot(ticket)
    url = (
        do_url(ticket, act)
        if act == "approve"
        else reverse(f"admin:tickets_ticket_{act}", args=[ticket.pk])
    )

    answer = sign_in(getattr(cast, who)).post(url, {"text": "x", "assignee": cast.agent.pk})

    assert answer.status_code == 403
    assert snapshot(ticket) == before


def test_unknown_verb_is_not_found(cast, sign_in, do_url):
    assert sign_in(cast.agent).post(do_url(cast.ticket(), "explode")).status_code == 404


def test_reply_and_note_are_written_and_escaped(cast, sign_in, page_of):
    ticket = cast.ticket()
    client = sign_in(cast.agent)
    for act in ("reply", "note"):
        client.post(
            reverse(f"admin:tickets_ticket_{act}", args=[ticket.pk]),
            {"text": f"<script>{act}()</script>\n둘째 줄"},
        )

    assert list(Message.objects.order_by("id").values_list("visibility", "user")) == [
        ("PUBLIC", cast.agent.pk), ("NOTE", cast.agent.pk)
    ]  # fmt: skip
    page = client.get(page_of(ticket)).content.decode()
    assert "<script>reply()" not in page
    assert "&lt;script&gt;reply()&lt;/script&gt;\n둘째 줄" in page


def test_subject_and_names_stay_text(cast, sign_in, page_of):
    payload = '"><svg onload=alert(1)>'
    cast.order.buyer_name = cast.order.address = payload
    cast.order.save()
    cast.line.option = payload
    cast.line.channel_state = {"status": payload}
    cast.line.save()
    ticket = cast.ticket()
    Ticket.objects.filter(pk=ticket.pk).update(subject=payload)
    cast.agent2.name = payload
    cast.agent2.save()

    page = sign_in(cast.agent2).get(page_of(ticket)).content.decode()

    assert "<svg onload" not in page
    assert page.count("&lt;svg onload=alert(1)&gt;") >= 4


def test_reply_keeps_the_canned_response_it_came_from(cast, sign_in):
    ticket = cast.ticket()
    version = canned("안녕하세요")
    foreign = canned("다른 가게", code="other", store=cast.other_store)
    url = reverse("admin:tickets_ticket_reply", args=[ticket.pk])
    for chosen in (version.pk, foreign.pk, "x"):
        sign_in(cast.agent).post(url, {"text": "안녕하세요", "canned": chosen})

    assert list(Message.objects.order_by("id").values_list("canned_version", flat=True)) == [
        version.pk, None, None
    ]  # fmt: skip


def test_canned_response_is_filled_from_this_ticket(cast, sign_in, page_of):
    ticket = cast.ticket()
    version = canned("{{ buyer_name }}님, {{ ticket_number }} {{ amount }} {{ agent_name }}")
    filled = f"홍길동님, {ticket.number} 3,333원 Agent"
    url = reverse("admin:tickets_ticket_canned", args=[ticket.pk])
    client = sign_in(cast.agent)

    answer = client.get(url, {"canned": version.pk})
    assert answer.content.decode() == filled
    assert answer["Content-Type"].startswith("text/plain")
    assert filled in client.get(page_of(ticket), {"canned": version.pk}).content.decode()
    foreign = canned("x", code="other", store=cast.other_store)
    assert client.get(url, {"canned": foreign.pk}).status_code == 404
    assert client.get(url, {"canned": ""}).content == b""


def test_canned_text_is_never_a_template_and_never_a_page(cast, sign_in):
    cast.order.buyer_name = "{{ order_number }}<b>"
    cast.order.save()
    version = canned("{{ buyer_name }}")
    url = reverse("admin:tickets_ticket_canned", args=[cast.ticket().pk])

    answer = sign_in(cast.agent).get(url, {"canned": version.pk})

    assert answer.content.decode() == "{{ order_number }}<b>"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_assign_gives_the_ticket_to_people_of_its_store_only(cast, sign_in):
    ticket = cast.ticket()
    url = reverse("admin:tickets_ticket_assign", args=[ticket.pk])
    client = sign_in(cast.agent)

    client.post(url, {"assignee": cast.lead.pk})
    ticket.refresh_from_db()
    assert ticket.assignee == cast.lead
    before = snapshot(ticket)
    for wrong in (cast.other_agent.pk, 999_999):
        assert client.post(url, {"assignee": wrong}).status_code == 404
    assert snapshot(ticket) == before
    client.post(url, {"assignee": ""})
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_everything_of_a_foreign_ticket_is_not_found(cast, sign_in, page_of, do_url):
    ticket = cast.ticket(line=cast.other_line)
    before = snapshot(ticket)
    client = sign_in(cast.agent)

    assert client.get(page_of(ticket)).status_code == 404
    canned_url = reverse("admin:tickets_ticket_canned", args=[ticket.pk])
    assert client.get(canned_url, {"canned": 1}).status_code == 404
    assert client.post(do_url(ticket, "approve")).status_code == 404
    for act in ("reply", "note", "assign"):
        url = reverse(f"admin:tickets_ticket_{act}", args=[ticket.pk])
        assert client.post(url, {"text": "x"}).status_code == 404
    link = reverse("admin:tickets_ticket_link", args=[cast.other_order.pk])
    assert client.post(link).status_code == 404
    assert snapshot(ticket) == before


@pytest.mark.parametrize("act", ["approve", "reply", "note", "assign"])
def test_nothing_happens_without_post_and_token(cast, do_url, act):
    ticket = cast.ticket()
    before = snapshot(ticket)
    url = (
        do_url(ticket, act)
        if act == "approve"
        else reverse(f"admin:tickets_ticket_{act}", args=[ticket.pk])
    )
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.agent)

    assert client.get(url).status_code == 405
    assert client.post(url, {"text": "x"}).status_code == 403
    assert snapshot(ticket) == before


def test_page_takes_as_many_queries_however_much_was_said(cast, sign_in, page_of):
    ticket = cast.ticket()
    client = sign_in(cast.agent)
    client.get(page_of(ticket))
    with CaptureQueriesContext(connection) as short:
        client.get(page_of(ticket))
    by = Actor.staff(cast.agent.pk)
    for n in range(15):
        at = timezone.now() + timedelta(minutes=n)
        conversation.reply(ticket_id=ticket.pk, body=f"{n}", by=by, at=at)
        conversation.buyer_writes(ticket_id=ticket.pk, body=f"{n}?", at=at)
    desk.assign(ticket_id=ticket.pk, user_id=cast.lead.pk, by=by, at=timezone.now())
    cast.ticket(line=OrderLineFactory(order=cast.order))
    cast.ticket(line=OrderLineFactory(order=cast.order))
    with CaptureQueriesContext(connection) as long:
        client.get(page_of(ticket))

    # One more for the levels of the clocks that have begun since.
    assert len(long) <= len(short) + 1
    assert len(short) <= 30


def test_other_tickets_of_the_buyer_stay_in_the_store(cast, sign_in, page_of):
    ticket = cast.ticket()
    again = cast.ticket(line=OrderLineFactory(order=cast.order))
    cast.other_order.phone_tail_hmac = cast.order.phone_tail_hmac
    cast.other_order.save()
    foreign = cast.ticket(line=cast.other_line)

    page = sign_in(cast.agent).get(page_of(ticket)).content.decode()

    assert again.number in page
    assert foreign.number not in page


def test_history_tells_who_did_what(cast, sign_in, page_of):
    ticket = cast.ticket()
    by = Actor.staff(cast.agent.pk)
    at = timezone.now()
    desk.take(ticket_id=ticket.pk, by=by, at=at)
    desk.assign(ticket_id=ticket.pk, user_id=cast.lead.pk, by=by, at=at)
    decisions.refuse(ticket_id=ticket.pk, refusal=Refusal(**REFUSAL), by=by, at=at)

    entries = sign_in(cast.agent).get(page_of(ticket)).context["history"]

    assert [(entry.what, entry.who) for entry in entries] == [
        ("Refused: Used, so that it lost its value", "Agent"),
        ("Message", "Agent"),
        ("Assigned: Lead", "Agent"),
        ("Review started", "Agent"),
        ("Received", "Buyer"),
    ]


def test_expired_proposal_is_shown_as_expired(cast, sign_in, page_of):
    ticket = cast.ticket()
    long_ago = timezone.now() - timedelta(days=3)
    decisions.propose(
        Wanted(Verb.REFUSE, Refusal(**REFUSAL)),
        ticket_id=ticket.pk, by=Actor.staff(cast.agent.pk), at=long_ago,
    )  # fmt: skip

    assert b"expired" in sign_in(cast.lead).get(page_of(ticket)).content
