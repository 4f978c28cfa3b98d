"""The one way personal values are masked, in pages, logs, exports and mail.

Two different masks of one value can be put together to the whole of it, so there is only
this family. Odd input is masked more, never less, and nothing here raises.
"""

import re
import unicodedata
from typing import Final

HIDDEN: Final = "***"

_NAME_RUN: Final = re.compile(r"(?:[^\W\d_]|\*)+")
_NAME_NOISE: Final = re.compile(r"[\d_]")
_CJK: Final = re.compile(r"[가-힣\u3040-\u30ff\u3400-\u9fff]")
_HANGUL_NAME: Final = re.compile(r"(?=.*[가-힣])[가-힣*]{2,5}")
_TWO_SYLLABLE_SURNAMES: Final = frozenset(
    ["남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방", "어금", "망절"]
)

_PHONE: Final = re.compile(r"(01[016789]|050[2-9]|0[3-6][1-5]|070|080|02)([\d*]{3,4})([\d*]{4})")
_DOMAIN: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+")

_PROVINCE: Final = re.compile(
    r"(?:서울|부산|대구|인천|광주|대전|울산|세종)(?:(?:특별|광역|특별자치)?시)?"
    r"|(?:경기|강원|충청[남북]|전라[남북]|경상[남북]|전북|제주)(?:특별자치)?도"
    r"|경기|강원|충북|충남|전북|전남|경북|경남|제주"
)
_CITY: Final = re.compile(r"[가-힣]{1,5}시")
_REGION: Final = re.compile(r"[가-힣]{1,5}[시군구]")
_PLACE: Final = re.compile(r"[가-힣][가-힣\d.·]*(?:동|읍|면|리|가|로|길)")
_PLACE_THEN_NUMBER: Final = re.compile(r"([가-힣]{2,}?(?:동|읍|면|리|로|길))\d.*")
_POSTCODE: Final = re.compile(r"[(\[]?\d{5}[)\]]?|[(\[]?\d{3}-\d{3}[)\]]?|대한민국")

# Invisible characters are matched as U+200B, so that one inside a number hides nothing.
_GAP: Final = r"[\s\u200b.·)(/_~\-‐-―]{0,3}"
_IN_TEXT: Final = re.compile(
    r"(?P<email>(?<![\w.+%'*\u200b-])[\w.+%'*\u200b-]+\s?@\s?[\w\u200b-]+(?:\.[\w\u200b-]+)+)"
    r"|(?P<date>(?<![\d.-])(?:19|20)\d\d([-./])(?:0?[1-9]|1[0-2])\3(?:0?[1-9]|[12]\d|3[01])"
    r"(?![-./]?\d))"
    rf"|(?P<resident>(?<!\d)\d{{6}}{_GAP}[0-8]\d{{6}}(?!\d))"
    rf"|(?P<phone>(?<!\d)(?:\+?82{_GAP}0?|0)(?:1[016789]|50[2-9]|[3-6][1-5]|70|80|2)"
    rf"{_GAP}\d{{3,4}}{_GAP}\d{{4}}(?!\d))"
    r"|(?P<order>(?<!\d)20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{8,12}(?![\d-]))"
    rf"|(?P<account>\d(?:{_GAP}\d){{8,}})"
)


def mask_name(name: str | None) -> str:
    """Mask a name: 홍*동, 김*, 남궁**, J*** S****; a digit or sign shows nothing."""
    letters = (char for char in _folded(name) if unicodedata.category(char)[0] != "M")
    text = _NAME_NOISE.sub("*", _folded("".join(letters)))
    joined = "".join(text.split())
    if _HANGUL_NAME.fullmatch(joined):
        return _mask_run(joined)
    return _NAME_RUN.sub(lambda run: _mask_run(run[0]), text)


def mask_phone(phone: str | None) -> str:
    """Mask a phone number: 010-****-5678; an unknown form keeps its last four digits at most."""
    text = _folded(phone)
    digits = re.sub(r"[^\d*]", "", text)
    if not digits:
        return HIDDEN if text else ""
    known = _PHONE.fullmatch(re.sub(r"^82(?:0(?=\d))?", "0", digits))
    if known:
        return f"{known[1]}-{'*' * len(known[2])}-{known[3]}"
    return "*" * 4 + (digits[-4:] if len(digits) > 8 else "")


def mask_email(email: str | None) -> str:
    """Mask an e-mail address: ab***@example.com; two letters or fewer show one less."""
    text = _folded(email)
    if not text:
        return ""
    local, _, domain = text.rpartition("@")
    domain = domain.strip()
    if not local or not _DOMAIN.fullmatch(domain):
        return HIDDEN
    shown = re.match(r"[\w.+-]{0,2}", local.strip())
    kept = shown[0] if shown else ""
    return f"{kept[: max(len(local.strip()) - 1, 0)]}{HIDDEN}@{domain}"


def mask_address(address: str | None) -> str:
    """Mask a Korean address after its 읍·면·동 or road; one of another form is hidden whole."""
    words = _folded(address).replace(",", " ").split()
    if not words:
        return ""
    while words and _POSTCODE.fullmatch(words[0]):
        del words[0]
    # It has to begin with a province or a city: a person's name can end like a district.
    if not words or not (_PROVINCE.fullmatch(words[0]) or _CITY.fullmatch(words[0])):
        return HIDDEN
    kept = [words[0]]
    for word in words[1:]:
        if _REGION.fullmatch(word):
            kept.append(word)
            continue
        if len(kept) > 1 or kept[0].startswith("세종"):  # Sejong has no districts
            kept.append(_place(word))
        break
    return " ".join([*filter(None, kept), HIDDEN])


def mask_account(account: str | None) -> str:
    """Mask a bank account: its bank as written before the number, and the last three digits."""
    text = _folded(account)
    if not text:
        return ""
    bank = re.match(r"[가-힣A-Za-z]{2,12}(?:은행|뱅크|금고|bank|Bank)(?![가-힣A-Za-z])", text)
    digits = re.sub(r"[^\d*]", "", text)
    last = digits[-3:] if len(digits) > 6 else ""
    return f"{bank[0]} {HIDDEN}{last}" if bank else f"{HIDDEN}{last}"


def mask_text(text: str | None) -> str:
    """Mask e-mails, phone numbers and account-like numbers inside free text.

    Dates and marketplace order numbers (date first, 16 to 20 digits) stay; names cannot be told
    from words and stay too.
    """
    original = "" if text is None else str(text)
    pieces, reached = [], 0
    for found in _IN_TEXT.finditer("".join(_alike(char) for char in original)):
        if found.lastgroup not in {"date", "order"}:
            pieces += [original[reached : found.start()], _mask_found(found)]
            reached = found.end()
    return "".join([*pieces, original[reached:]])


def _mask_found(found: re.Match[str]) -> str:
    kind, value = found.lastgroup, found[0]
    if kind == "email":
        return mask_email(value)
    if kind == "phone":
        return mask_phone(value)
    if kind == "resident":
        return "******-*******"
    return mask_account(value)


def _alike(char: str) -> str:
    """Return the one character a pattern should see, so that places in the text stay the same."""
    if char.isascii():
        return char
    plain = _plain(char)
    if not plain:
        return "\u200b"
    # Full-width letters and signs only: a circled number is the paragraph of an article.
    wide = "\uff01" <= plain <= "\uff5e"
    return unicodedata.normalize("NFKC", plain) if wide else plain


def _folded(value: str | None) -> str:
    """Return one spelling of the value: composed letters, ASCII digits, nothing invisible."""
    if value is None:
        return ""
    return "".join(_plain(char) for char in unicodedata.normalize("NFKC", str(value))).strip()


def _plain(char: str) -> str:
    if unicodedata.category(char) in {"Cf", "Cs"}:
        return ""
    digit = unicodedata.decimal(char, None)
    return char if digit is None else str(digit)


def _mask_run(run: str) -> str:
    if len(run) == 1:
        return "*"
    if not _CJK.match(run):
        return run[0] + "*" * (len(run) - 1)
    if run[:2] in _TWO_SYLLABLE_SURNAMES and len(run) > 2:
        return run[:2] + "*" * (len(run) - 2)
    if len(run) == 2:
        return run[0] + "*"
    return run[0] + "*" * (len(run) - 2) + run[-1]


def _place(word: str) -> str:
    if _PLACE.fullmatch(word):
        return word
    glued = _PLACE_THEN_NUMBER.fullmatch(word)
    return glued[1] if glued else ""
