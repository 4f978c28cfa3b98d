"""Stories with a decision: paid back, refused, withdrawn, or gone on as a return."""
# ruff: noqa: E501 - a Korean letter counts for two

from datetime import timedelta

from config.demo.story import Act, Step, Story, Wanted

_GONE = (
    "상품이 이미 출고되어 반품으로 이어서 처리해 드립니다. 받으시면 열지 말고 그대로 보내 주세요. "
    "돌아오는 대로 환불해 드리겠습니다."
)
_SCRATCH = {"description": "등받이 뒤쪽에 긁힌 자국이 길게 있습니다."}


def _paid_back(
    sku: str, began: float, who: str, stars: int = 0, text: str = "", units: int = 1
) -> Story:
    """The plain way: asked, taken, approved, paid, and perhaps rated."""
    steps = [
        Step(began, Act.ASK_FOR),
        Step(began - 0.8, Act.TAKE, who),
        Step(
            began - 1.1, Act.REPLY, who, "요청 잘 받았습니다. 출고 전이라 바로 처리해 드리겠습니다."
        ),
        Step(began - 1.6, Act.APPROVE, who),
        Step(began - 1.62, Act.PAY),
    ]
    if stars:
        steps.append(Step(began - 5, Act.RATE, text=text, stars=stars))
    return Story(((sku, units + 1),), tuple(steps), (Wanted(units=units),))


REFUNDED = (
    _paid_back("MOUSE-01", 118, "agent", 5, "빠르게 처리해 주셔서 감사합니다."),
    _paid_back("MUG-04", 104, "agent", 4),
    _paid_back("KNIT-11", 92, "agent2", 2, "답변은 빨랐는데 환불이 카드에 늦게 떴어요.", units=2),
    _paid_back("LAMP-08", 77, "agent2", 5, "친절하게 안내해 주셨습니다."),
    _paid_back("PAN-13", 63, "agent", 3),
    _paid_back("TUMBL-05", 41, "lead", 5),
    _paid_back("APPLE-15", 22, "agent"),
    _paid_back("BOOK-20", 9, "agent2"),
    # Over an agent's limit: the lead decides alone.
    Story((("CHAIR-09", 1),), (
        Step(85, Act.ASK_FOR), Step(84, Act.TAKE, "agent"),
        Step(83.5, Act.NOTE, "agent", "10만 원 초과. 팀장님 확인 부탁드립니다."),
        Step(82, Act.APPROVE, "lead"), Step(81.9, Act.PAY), Step(75, Act.RATE, stars=4),
    )),
    # Two people: one proposes, another decides.
    Story((("ROBOT-18", 1),), (
        Step(70, Act.ASK_FOR), Step(69, Act.TAKE, "agent2"),
        Step(68.5, Act.PROPOSE, "agent2", "초기 불량 확인, 미출고 재고로 대체 불가."),
        Step(67.6, Act.APPROVE, "lead2"), Step(67.5, Act.PAY),
        Step(60, Act.RATE, text="두 번 확인하느라 조금 걸렸지만 괜찮았습니다.", stars=4),
    )),
    # Sold out: the shop asks, the law counts from the payment.
    Story((("KNIFE-14", 1),), (
        Step(52, Act.ASK_FOR, "agent"), Step(51.5, Act.TAKE, "agent"),
        Step(51.3, Act.REPLY, "agent", "죄송합니다. 재고 착오로 보내 드릴 수 없어 전액 환불해 드립니다."),
        Step(51, Act.APPROVE, "agent"), Step(50.9, Act.PAY),
    ), (Wanted(reason="SOLD_OUT"),), source="STAFF"),
)  # fmt: skip

APPROVED = (
    # The worker pays this one back as soon as the desk runs.
    Story((("MOUSE-01", 2),), (
        Step(2.2, Act.ASK_FOR), Step(1.5, Act.TAKE, "agent"),
        Step(timedelta(minutes=2), Act.APPROVE, "agent"),
    )),
    # The answer was lost three times: whether the money went, a person has to find out.
    Story((("KEYB-02", 1),), (
        Step(11, Act.ASK_FOR), Step(10.4, Act.TAKE, "agent2"), Step(10.0, Act.APPROVE, "agent2"),
        Step(9.9, Act.LOSE),
        Step(9.0, Act.NOTE, "lead", "환불 응답이 세 번 끊겼습니다. 정산 내역과 대조해 주세요."),
    )),
)  # fmt: skip

REFUSED = (
    Story((("NECK-19", 1),), (
        Step(47, Act.ASK_FOR), Step(46, Act.TAKE, "agent"),
        Step(45.5, Act.REFUSE, "agent", "이름을 새기는 주문 제작 상품으로, 주문하실 때 동의해 주신 대로 "
             "제작이 시작된 뒤에는 취소가 어렵습니다. 양해 부탁드립니다.", ground="MADE_TO_ORDER"),
    )),
    Story((("APPLE-15", 1),), (
        Step(31, Act.ASK_FOR), Step(30, Act.TAKE, "agent2"),
        Step(29.5, Act.PROPOSE_REFUSAL, "agent2",
             "신선식품이라 수확해 포장한 뒤에는 다시 판매할 수 없습니다.", ground="TIME_PASSED"),
        Step(28.5, Act.REFUSE, "lead"),
    )),
)  # fmt: skip

WITHDRAWN = (
    Story((("BLANK-07", 1),), (
        Step(38, Act.ASK_FOR), Step(37, Act.TAKE, "agent"),
        Step(36, Act.BUYER, text="생각해 보니 그냥 받을게요."), Step(35.9, Act.WITHDRAW),
    )),
    Story((("TOWEL-06", 1),), (Step(18, Act.ASK_FOR), Step(17.6, Act.WITHDRAW))),
)  # fmt: skip

# The parcel had left when the money was to go: the cancellation goes on as a return.
CONVERTED = (
    Story((("SNEAK-12", 1),), (
        Step(19, Act.ASK_FOR), Step(18, Act.TAKE, "agent"), Step(17.5, Act.APPROVE, "agent"),
        Step(17.4, Act.SHIP), Step(17.3, Act.PAY),
    )),
    Story((("STAND-03", 1),), (
        Step(29, Act.ASK_FOR), Step(28, Act.TAKE, "agent2"), Step(27, Act.APPROVE, "agent2"),
        Step(26.9, Act.SHIP), Step(26.8, Act.PAY),
        Step(25.5, Act.REPLY, "agent2", _GONE), Step(24, Act.ACCEPT_RETURN, "agent2"),
    )),
    Story((("CHAIR-09", 1),), (
        Step(58, Act.ASK_FOR), Step(57, Act.TAKE, "agent"), Step(56, Act.APPROVE, "lead"),
        Step(55.9, Act.SHIP), Step(55.8, Act.PAY),
        Step(54.5, Act.REPLY, "agent", _GONE), Step(52, Act.ACCEPT_RETURN, "agent"),
        Step(3.5, Act.GOODS_BACK, "agent"),
    ), (Wanted(reason="DAMAGED", details=_SCRATCH),)),
    Story((("COFFEE-16", 1),), (
        Step(96, Act.ASK_FOR), Step(95, Act.TAKE, "agent2"), Step(94, Act.APPROVE, "agent2"),
        Step(93.9, Act.SHIP), Step(93.8, Act.PAY),
        Step(92.5, Act.REPLY, "agent2", _GONE), Step(90, Act.ACCEPT_RETURN, "agent2"),
        Step(72, Act.GOODS_BACK, "agent2"), Step(71, Act.APPROVE, "agent2"), Step(70.9, Act.PAY),
        Step(66, Act.RATE, text="반품까지 깔끔했습니다.", stars=5),
    )),
)  # fmt: skip

STORIES = REFUNDED + APPROVED + REFUSED + WITHDRAWN + CONVERTED
