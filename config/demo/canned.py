"""Prepared answers of the demo shop: short name, title, Korean, English."""
# ruff: noqa: E501 - a Korean letter counts for two

ANSWERS = (
    (
        "received", "접수 안내",
        "{{ buyer_name }}님, {{ store_name }}입니다. {{ product_name }} {{ quantity }}개의 취소 요청을 "
        "잘 받았습니다. {{ decision_due_at }}까지 확인해 알려 드리겠습니다.",
        "Hello, this is {{ store_name }}. We have received your request for {{ product_name }} "
        "({{ quantity }}) and will get back to you by {{ decision_due_at }}.",
    ),
    (
        "refund-soon", "환불 일정 안내",
        "{{ buyer_name }}님, 취소가 승인되어 {{ amount }}을 결제하신 수단으로 돌려드립니다. "
        "법정 기한은 {{ refund_due_on }}이며, 카드사에 따라 표시까지 며칠 더 걸릴 수 있습니다.",
        "Your cancellation is approved; {{ amount }} goes back the way you paid, by "
        "{{ refund_due_on }} at the latest. Your card may take some days more to show it.",
    ),
    (
        "which-option", "옵션 확인 요청",
        "{{ buyer_name }}님, 어느 옵션을 받으셨고 어느 옵션을 원하셨는지 알려 주시면 바로 "
        "도와드리겠습니다. 답장은 {{ status_link }} 에서 하실 수 있습니다.",
        "Could you tell us which option you received and which one you wanted? You can answer at "
        "{{ status_link }}.",
    ),
    (
        "describe-fault", "불량 내용 확인 요청",
        "불편을 드려 죄송합니다. {{ product_name }}의 어느 부분에 어떤 문제가 있는지 조금 더 자세히 "
        "적어 주시겠어요? 확인되는 대로 비용 부담 없이 처리해 드리겠습니다.",
        "We are sorry. Could you describe what is wrong with {{ product_name }}? Once we know, we "
        "settle this at our cost.",
    ),
    (
        "already-shipped", "이미 발송된 상품 안내",
        "{{ buyer_name }}님, 주문번호 {{ order_number }}의 상품이 이미 출고되어 취소 대신 반품으로 "
        "이어서 처리해 드립니다. 상품을 받으시면 열지 말고 그대로 보내 주세요.",
        "The parcel of order {{ order_number }} has already left, so we go on with a return. "
        "Please send it back unopened when it arrives.",
    ),
    (
        "made-to-order", "주문 제작 상품 거절 안내",
        "{{ product_name }}은(는) 주문하실 때 안내해 드리고 동의해 주신 대로 개별 제작에 들어간 "
        "상품이라 청약철회가 어렵습니다(전자상거래법 제17조 제2항 제6호). 양해 부탁드립니다.",
        "{{ product_name }} is made to order, as you were told and agreed to when ordering, and "
        "production has begun, so it cannot be withdrawn from.",
    ),
    (
        "sold-out", "품절 사과",
        "{{ buyer_name }}님, 죄송합니다. {{ product_name }}이(가) 품절되어 보내 드릴 수 없게 "
        "되었습니다. 결제하신 {{ amount }}은 전액 돌려드리겠습니다.",
        "We are sorry: {{ product_name }} is sold out and cannot be sent. The full {{ amount }} "
        "goes back to you.",
    ),
    (
        "closing", "마무리 인사",
        "도움이 되었기를 바랍니다. 더 궁금한 점이 있으면 언제든 {{ status_link }} 에 남겨 주세요. "
        "{{ agent_name }} 드림",
        "We hope this helped. If anything is open, write to us at {{ status_link }}. "
        "Regards, {{ agent_name }}",
    ),
)  # fmt: skip
