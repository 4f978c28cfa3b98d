"""Stories that still need somebody: new, in review, waiting for the buyer or a second person."""
# ruff: noqa: E501 - a Korean letter counts for two

from datetime import timedelta

from config.demo.story import Act, Step, Story, Wanted

_PEN = {"description": "펜 끝이 갈라져 잉크가 번집니다. 새 제품으로 보이지 않아요."}
_CRACK = {"description": "상자를 열어 보니 손잡이 옆으로 금이 가 있었습니다."}
_OPTION = {"wanted_option": "라벤더"}

RECEIVED = (
    Story((("MUG-04", 3),), (Step(0.3, Act.ASK_FOR),), (Wanted(units=1),)),
    Story((("KNIT-11", 1), ("TOWEL-06", 1)), (Step(0.9, Act.ASK_FOR),),
          (Wanted(line=0), Wanted(line=1, reason="WRONG_ORDER"))),
    Story((("SNEAK-12", 1),), (Step(1.6, Act.ASK_FOR),),
          (Wanted(reason="WRONG_OPTION", details={"wanted_option": "260"}),), source="API"),
    # Warned: three quarters of the promise are used up.
    Story((("BLANK-07", 2),), (Step(3.4, Act.ASK_FOR),), (Wanted(units=2),)),
    Story((("COFFEE-16", 2),), (Step(3.7, Act.ASK_FOR),), (Wanted(reason="LATE_DISPATCH"),),
          by_phone=True),
    # Late.
    Story((("LAMP-08", 1),), (Step(6.2, Act.ASK_FOR),)),
    Story((("APPLE-15", 2),), (Step(12.5, Act.ASK_FOR),), (Wanted(units=2, reason="LATE_DISPATCH"),)),
    Story((("PAN-13", 1),), (Step(34, Act.ASK_FOR),),
          (Wanted(reason="WRONG_INFORMATION",
                  details={"description": "인덕션용이라고 했는데 인식되지 않는다고 합니다."}),)),
)  # fmt: skip

REVIEWING = (
    Story((("TUMBL-05", 1),), (
        Step(5.2, Act.ASK_FOR), Step(4.1, Act.TAKE, "agent"),
        Step(4.0, Act.REPLY, "agent", "안녕하세요, 가온상점 김상담입니다. 라벤더 색상으로 다시 주문하실 수 "
             "있도록 취소를 먼저 확인하고 있습니다."),
        Step(1.2, Act.BUYER, text="네, 감사합니다. 오늘 안에 될까요?"),
    ), (Wanted(reason="WRONG_OPTION", details=_OPTION),)),
    Story((("KEYB-02", 1),), (
        Step(2.4, Act.ASK_FOR), Step(1.9, Act.TAKE, "agent2"),
        Step(1.8, Act.NOTE, "agent2", "출고 전인지 물류에 확인 요청함 (내선 203)."),
    )),
    Story((("BOOK-20", 2),), (
        Step(8.1, Act.ASK_FOR), Step(7.0, Act.TAKE, "agent"),
        Step(6.9, Act.REPLY, "agent", "불편을 드려 죄송합니다. 같은 입고분을 점검하고 있습니다."),
    ), (Wanted(units=2, reason="DAMAGED", details=_PEN),)),
    # Late: nobody decided within nine business hours.
    Story((("CHAIR-09", 1),), (
        Step(14.0, Act.ASK_FOR), Step(12.5, Act.TAKE, "agent"),
        Step(12.4, Act.REPLY, "agent", "조립 전이신지 확인 부탁드립니다."),
        Step(9.5, Act.BUYER, text="아직 상자도 열지 않았습니다. 배송 전이면 취소해 주세요."),
        Step(9.0, Act.NOTE, "agent", "168,000원이라 팀장 승인 필요."),
    )),
    Story((("KNIFE-14", 1),), (
        Step(3.1, Act.ASK_FOR), Step(2.9, Act.ASSIGN, "lead", "agent2"),
        Step(2.5, Act.TAKE, "agent2"),
        Step(2.4, Act.REPLY, "agent2", "Thank you for writing. We are checking with the warehouse."),
    ), locale="en"),
    Story((("STAND-03", 2),), (
        Step(27, Act.ASK_FOR), Step(26, Act.TAKE, "agent2"),
        Step(25.8, Act.REFUSE, "agent2", "청약철회 기간이 지난 주문으로 확인되어 어렵습니다.",
             ground="PERIOD_OVER"),
        Step(20, Act.REOPEN, text="어제 받은 상품인데 기간이 지났다는 게 이해가 안 됩니다."),
        Step(19.5, Act.NOTE, "lead", "주문일이 아니라 수령일 기준. 다시 검토해 주세요."),
    ), (Wanted(units=1),)),
)  # fmt: skip

WAITING_BUYER = (
    Story((("MUG-04", 2),), (
        Step(9.5, Act.ASK_FOR), Step(8.8, Act.TAKE, "agent"),
        Step(8.7, Act.QUESTION, "agent", "금이 간 부분이 손잡이 쪽인지 바닥 쪽인지 알려 주시겠어요?"),
    ), (Wanted(reason="DAMAGED", details=_CRACK),)),
    Story((("SNEAK-12", 1),), (
        Step(16, Act.ASK_FOR),
        Step(15, Act.QUESTION, "agent2", "270으로 교환도 가능합니다. 취소와 교환 중 어느 쪽이 좋으세요?"),
    ), (Wanted(reason="WRONG_OPTION", details={"wanted_option": "270"}),)),
    Story((("COAT-10", 1),), (
        Step(21, Act.ASK_FOR), Step(20, Act.TAKE, "agent"),
        Step(19.8, Act.QUESTION, "agent", "받으실 계좌가 카드와 다른지 확인 부탁드립니다."),
    ),),
)  # fmt: skip

WAITING_APPROVAL = (
    Story((("ESPRE-17", 1),), (
        Step(7.5, Act.ASK_FOR), Step(7.0, Act.TAKE, "agent"),
        Step(6.8, Act.REPLY, "agent", "고액 상품이라 담당자 두 명이 확인한 뒤 바로 환불해 드리겠습니다."),
        Step(timedelta(minutes=50), Act.PROPOSE, "agent", "미출고 확인. 전액 환불 요청드립니다."),
    )),
    Story((("COAT-10", 1),), (
        Step(6.1, Act.ASK_FOR), Step(5.5, Act.TAKE, "agent2"),
        Step(timedelta(minutes=35), Act.PROPOSE, "agent2", "단순 변심, 출고 전."),
    )),
    Story((("NECK-19", 1),), (
        Step(8.4, Act.ASK_FOR), Step(7.9, Act.TAKE, "agent"),
        Step(timedelta(minutes=20), Act.PROPOSE_REFUSAL, "agent",
             "주문하실 때 동의해 주신 대로 이미 이름을 새겨 제작이 끝난 상품이라 취소가 어렵습니다.",
             ground="MADE_TO_ORDER"),
    )),
)  # fmt: skip

INQUIRIES = (
    Story((("ROBOT-18", 1),), (
        Step(1.1, Act.INQUIRE, text="물걸레 청소포는 몇 장 들어 있나요?"),
    )),
    Story((("COFFEE-16", 1),), (
        Step(5.5, Act.INQUIRE, text="원두 로스팅 날짜를 알 수 있을까요?"),
        Step(4.9, Act.TAKE, "agent2"),
        Step(4.8, Act.REPLY, "agent2", "이번 주 화요일에 볶은 원두로 보내 드립니다."),
        Step(0.6, Act.BUYER, text="그럼 선물용 포장도 되나요?"),
    )),
    Story((("CHAIR-09", 1),), (
        Step(13, Act.INQUIRE, text="배송 날짜를 토요일로 바꿀 수 있나요?"),
        Step(12, Act.QUESTION, "agent", "이번 주와 다음 주 토요일 중 언제가 좋으세요?"),
    )),
    Story((("TOWEL-06", 2),), (
        Step(60, Act.INQUIRE, text="현금영수증 발급 부탁드립니다."),
        Step(58, Act.TAKE, "agent"),
        Step(57.8, Act.REPLY, "agent", "발급해 드렸습니다. 내일부터 조회하실 수 있습니다."),
        Step(50, Act.RESOLVE, "agent"),
    )),
    Story((("KEYB-02", 1),), (
        Step(44, Act.INQUIRE, text="Do you ship to Jeju Island, and how long does it take?"),
        Step(43.5, Act.REPLY, "agent2", "Yes, we do. It takes one or two days more."),
        Step(36, Act.RESOLVE, "agent2"),
    ), locale="en"),
)  # fmt: skip

STORIES = RECEIVED + REVIEWING + WAITING_BUYER + WAITING_APPROVAL + INQUIRIES
