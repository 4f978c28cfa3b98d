import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.masking import (
    mask_account,
    mask_address,
    mask_email,
    mask_name,
    mask_phone,
    mask_text,
)

FAMILY = [mask_name, mask_phone, mask_email, mask_address, mask_account, mask_text]


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("홍길동", "홍*동"),
        ("김철", "김*"),
        ("김", "*"),
        ("남궁민수", "남궁**"),
        ("남궁민", "남궁*"),
        ("남궁", "남*"),
        ("김하늘별", "김**별"),
        ("홍 길동", "홍*동"),
        (unicodedata.normalize("NFD", "홍길동"), "홍*동"),
        ("홍\u200b길동", "홍*동"),
        ("홍길동(집 01012345678)", "홍*동(* ***********)"),
        ("김철수 이영희", "김*수 이*희"),
        ("John Smith", "J*** S****"),
        ("O'Brien", "*'B****"),
        ("Ｊｏｈｎ", "J***"),
        ("王小明", "王*明"),
        ("राम", "र*"),
        ("홍*동", "홍*동"),
    ],
)
def test_mask_name_leaves_first_and_last_at_most(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("010-1234-5678", "010-****-5678"),
        ("01012345678", "010-****-5678"),
        ("010 1234 5678", "010-****-5678"),
        ("+82 10-1234-5678", "010-****-5678"),
        ("+82-010-1234-5678", "010-****-5678"),
        ("０１０－１２３４－５６７８", "010-****-5678"),
        ("011-234-5678", "011-***-5678"),
        ("02-123-4567", "02-***-4567"),
        ("031-123-4567", "031-***-4567"),
        ("0507-1234-5678", "0507-****-5678"),
        ("010-****-5678", "010-****-5678"),
        ("+1 212 555 0100", "****0100"),
        ("010-1234-5678, 010-9876-5432", "****5432"),
        ("12345678", "****"),
        ("비밀", "***"),
    ],
)
def test_mask_phone_hides_the_middle(phone, masked):
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("email", "masked"),
    [
        ("abcdef@example.com", "ab***@example.com"),
        ("abc@example.com", "ab***@example.com"),
        ("ab@example.com", "a***@example.com"),
        ("a@example.com", "***@example.com"),
        (" abc@example.com ", "ab***@example.com"),
        ("a@bcd@example.com", "a***@example.com"),
        ("ab***@example.com", "ab***@example.com"),
        ("@example.com", "***"),
        ("no address", "***"),
        ("Hong <hong@example.com>", "***"),
    ],
)
def test_mask_email_leaves_two_letters_and_the_domain(email, masked):
    assert mask_email(email) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("서울특별시 강남구 역삼동 123-45 101동 202호", "서울특별시 강남구 역삼동 ***"),
        ("서울 강남구 역삼1동 12", "서울 강남구 역삼1동 ***"),
        ("서울 강남구 테헤란로 152 (역삼동)", "서울 강남구 테헤란로 ***"),
        ("서울 강남구 테헤란로4길 15", "서울 강남구 테헤란로4길 ***"),
        ("(06236) 서울 종로구 종로1가 1", "서울 종로구 종로1가 ***"),
        ("경기도 성남시 분당구 정자동178-1", "경기도 성남시 분당구 정자동 ***"),
        ("충남 홍성군 홍북읍 신경리 100", "충남 홍성군 홍북읍 ***"),
        ("세종특별자치시 한누리대로 2130", "세종특별자치시 한누리대로 ***"),
        ("제주특별자치도 제주시, 첨단로 242", "제주특별자치도 제주시 첨단로 ***"),
        ("성남시 분당구 판교역로 1", "성남시 분당구 판교역로 ***"),
        ("서울 강남구 101동 202호", "서울 강남구 ***"),
        ("홍길동 서울 강남구 역삼동 1", "***"),
        ("서울 홍길동 앞", "서울 ***"),
        ("12345", "***"),
        ("152 Teheran-ro, Seoul", "***"),
    ],
)
def test_mask_address_ends_with_the_district_or_road(address, masked):
    assert mask_address(address) == masked
    assert mask_address(masked) == masked


@pytest.mark.parametrize(
    ("account", "masked"),
    [
        ("국민은행 123456-04-123456", "국민은행 ***456"),
        ("카카오뱅크 3333-01-1234567", "카카오뱅크 ***567"),
        ("110123456789", "***789"),
        ("123456", "***"),
        ("홍길동 110123456789", "***789"),
    ],
)
def test_mask_account_keeps_the_bank_and_three_digits(account, masked):
    assert mask_account(account) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (
            "전화 010-1234-5678, 메일 hong@naver.com으로",
            "전화 010-****-5678, 메일 ho***@naver.com으로",
        ),
        ("010.1234.5678/01099998888", "010-****-5678/010-****-8888"),
        ("02)123-4567 또는 +82-10-1234-5678", "02-***-4567 또는 010-****-5678"),
        ("010\u200b1234\u200b5678", "010-****-5678"),
        ("０１０－１２３４－５６７８로", "010-****-5678로"),
        ("0 1 0 - 1 2 3 4 - 5 6 7 8", "***678"),
        ("110-123-456789 신한", "***789 신한"),
        ("카드 1234 5678 9012 3456", "카드 ***456"),
        ("주민 900101-1234567", "주민 ******-*******"),
        ("2012-01-12-345678", "***678"),
        ("hong @ naver.com", "ho***@naver.com"),
        ("ho\u200bng@naver.com", "ho***@naver.com"),
    ],
)
def test_mask_text_finds_numbers_and_addresses(text, masked):
    assert mask_text(text) == masked
    assert mask_text(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "주문 2026041512345671, 상품주문 2026041512345681",
        "2026-04-15 10:20:30에 결제, 2026.4.20까지",
        "12,900원 3개, 전자상거래법 §18②1, ½ ㈜",
        "우편번호 06236, 운송장 없음",
        "",
    ],
)
def test_mask_text_leaves_what_is_no_personal_value(text):
    assert mask_text(text) == text


@pytest.mark.parametrize("mask", FAMILY)
def test_nothing_is_masked_to_nothing(mask):
    assert mask(None) == ""
    assert mask("") == ""


@given(text=st.text(max_size=60))
def test_odd_input_never_raises_and_a_mask_is_stable(text):
    for mask in FAMILY:
        once = mask(text)
        assert isinstance(once, str)
    assert mask_name(mask_name(text)) == mask_name(text)


hangul = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=2, max_size=6)


@given(name=hangul)
def test_mask_name_never_shows_the_whole_name(name):
    masked = mask_name(name)

    assert "*" in masked
    assert len(masked) == len(name)


@given(
    prefix=st.sampled_from(["010", "011", "02", "031", "070", "0507"]),
    middle=st.integers(100, 9999),
    last=st.integers(0, 9999),
    sep=st.sampled_from(["", "-", " ", ".", " - ", "\u2013"]),
    around=st.sampled_from(["{}", "연락처{}입니다", "a:{}/", "({})", "2026-04-15 {}"]),
)
def test_mask_text_never_leaves_a_phone_number(prefix, middle, last, sep, around):
    number = sep.join([prefix, str(middle), f"{last:04}"])

    masked = mask_text(around.format(number))

    digits = re.sub(r"\D", "", masked.replace("2026-04-15", ""))
    assert len(digits) <= len(prefix) + 4
    assert "*" in masked


@pytest.mark.parametrize("piece", ["a", "1", "1 ", "a@", "0-", "a.", "가동 ", "x@a."])
def test_masks_take_time_in_proportion(piece):
    long = piece * (20_000 // len(piece))
    began = time.perf_counter()

    for mask in FAMILY:
        mask(long)

    assert time.perf_counter() - began < 2  # quadratic patterns need a minute
