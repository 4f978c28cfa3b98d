"""Tokens that can be made again, and what the database keeps of them."""

from tickets.domain import tokens


def test_derived_token_depends_on_key_purpose_and_subject():
    made = {
        tokens.derived_token(key, purpose, subject)
        for key in ("a", "b") for purpose in ("p", "q") for subject in ("1", "2")
    }  # fmt: skip
    assert len(made) == 8
    assert tokens.derived_token("a", "p", "1") in made
    assert all(len(token) == 32 for token in made)


def test_derived_code_is_six_digits():
    codes = {tokens.derived_code("k", "p", str(n)) for n in range(500)}
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 490


def test_new_token_has_128_bits_and_more():
    assert len({tokens.new_token() for _ in range(100)}) == 100
    assert len(tokens.new_token()) >= 32
    assert tokens.digest_of("x") != tokens.digest_of("X")
