"""What the demo shop sells and to whom. All of it is invented."""
# ruff: noqa: E501 - a Korean letter counts for two

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Good:
    """A product with its price in won and what lay in stock when the shop opened."""

    sku: str
    name: str
    price: int
    in_stock: int
    options: tuple[str, ...] = ("",)


GOODS = (
    Good("MOUSE-01", "저소음 무선 마우스", 18_900, 320, ("화이트", "그래파이트")),
    Good("KEYB-02", "텐키리스 기계식 키보드", 79_000, 90, ("적축", "갈축")),
    Good("STAND-03", "알루미늄 노트북 거치대", 32_500, 140),
    Good("MUG-04", "도자기 머그컵 350ml", 12_800, 260, ("크림", "네이비", "올리브")),
    Good("TUMBL-05", "진공 텀블러 473ml", 27_900, 180, ("블랙", "라벤더")),
    Good("TOWEL-06", "40수 호텔 수건 5장 세트", 24_900, 210, ("화이트", "그레이")),
    Good("BLANK-07", "양면 극세사 담요", 35_000, 120),
    Good("LAMP-08", "LED 무드등", 21_500, 150),
    Good("CHAIR-09", "메쉬 사무용 의자", 168_000, 45, ("블랙", "라이트그레이")),
    Good("COAT-10", "오버핏 울 코트", 189_000, 60, ("S", "M", "L")),
    Good("KNIT-11", "라운드 니트", 39_900, 200, ("아이보리", "차콜", "버건디")),
    Good("SNEAK-12", "데일리 스니커즈", 64_000, 110, ("240", "250", "260", "270")),
    Good("PAN-13", "인덕션 프라이팬 28cm", 29_800, 130),
    Good("KNIFE-14", "식도 3종 세트", 54_000, 70),
    Good("APPLE-15", "충주 사과 5kg", 32_900, 160),
    Good("COFFEE-16", "원두 1kg (핸드드립용)", 26_000, 190, ("분쇄 안 함", "핸드드립 분쇄")),
    Good("ESPRE-17", "반자동 에스프레소 머신", 689_000, 24),
    Good("ROBOT-18", "물걸레 로봇청소기", 542_000, 30),
    Good("NECK-19", "각인 실버 목걸이 (주문 제작)", 58_000, 80),
    Good("BOOK-20", "만년 다이어리", 16_500, 220, ("블랙", "브라운")),
)
FREE_DELIVERY_FROM = 50_000
DELIVERY_FEE = 3_000

_FAMILY = ("김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오")
_GIVEN = (
    "서연",
    "민준",
    "하은",
    "도윤",
    "지우",
    "예준",
    "수아",
    "시우",
    "다은",
    "건우",
    "유진",
    "현우",
)
_STREETS = (
    "서울특별시 마포구 가온로 {n}", "서울특별시 성동구 누리길 {n}", "부산광역시 해운대구 바람로 {n}",
    "대구광역시 수성구 느티나무길 {n}", "인천광역시 연수구 송이로 {n}", "광주광역시 북구 햇살로 {n}",
    "대전광역시 유성구 은하길 {n}", "경기도 수원시 팔달구 나루로 {n}", "경기도 성남시 분당구 새벽로 {n}",
    "강원특별자치도 춘천시 호수길 {n}", "전북특별자치도 전주시 한지로 {n}", "제주특별자치도 제주시 바다로 {n}",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """An invented buyer: numbers and addresses that nobody has."""

    name: str
    phone: str
    email: str
    address: str


def person(n: int) -> Person:
    """Return the n-th invented buyer."""
    street = _STREETS[n * 5 % len(_STREETS)].format(n=n % 90 + 3)
    return Person(
        name=_FAMILY[n * 7 % len(_FAMILY)] + _GIVEN[(n // len(_FAMILY) + n) % len(_GIVEN)],
        # 010-0000 is given to nobody, and .example is a domain that cannot exist.
        phone=f"010-0000-{(n * 7919 + 1234) % 10_000:04}",
        email=f"buyer{n:03}@demo.example",
        address=f"{street}, {n % 12 + 101}동 {n % 15 + 1}0{n % 4 + 1}호",
    )
