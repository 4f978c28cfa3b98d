"""Shares and their intervals, against published and hand-computed values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.scores import MIN_SHOWN, MIN_SOLID, Z95, Share, csat, wilson


@pytest.mark.parametrize(
    ("_case", "hits", "n", "low", "high"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        ("Newcombe a", 81, 263, 0.2553, 0.3662),
        ("Newcombe b", 15, 148, 0.0624, 0.1605),
        ("Newcombe c", 0, 20, 0.0000, 0.1611),
        ("Newcombe d", 1, 29, 0.0061, 0.1718),
        # By hand: z2 = 3.841459; centre (0.8 + 0.192073) / 1.384146 = 0.716740;
        # reach 1.959964 * sqrt(0.016 + 0.009604) / 1.384146 = 0.226578.
        ("8 of 10", 8, 10, 0.4902, 0.9433),
        ("all of 5", 5, 5, 0.5655, 1.0000),
    ],
)
def test_wilson(_case, hits, n, low, high):
    interval = wilson(hits, n)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


def reference(hits, n):
    """The ends as the roots of the quadratic that the score test inverts, another way round."""
    zz, share = Z95 * Z95, hits / n
    a, b, c = 1 + zz / n, -(2 * share + zz / n), share * share
    root = (b * b - 4 * a * c) ** 0.5
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_solves_the_score_equation_and_stays_within_bounds(pair):
    hits, n = pair
    interval = wilson(hits, n)
    low, high = reference(hits, n)
    assert interval.low == pytest.approx(low, abs=1e-6)
    assert interval.high == pytest.approx(high, abs=1e-6)
    assert 0 <= interval.low <= hits / n <= interval.high <= 1


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_the_mirror_for_the_share_of_the_others(pair):
    hits, n = pair
    ours, theirs = wilson(hits, n), wilson(n - hits, n)
    assert ours.low == pytest.approx(1 - theirs.high)
    assert ours.high == pytest.approx(1 - theirs.low)


@pytest.mark.parametrize(("hits", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_wilson_refuses_what_is_no_share(hits, n):
    with pytest.raises(ValueError, match="hits must lie between"):
        wilson(hits, n)


def test_csat_is_the_share_of_fours_and_fives():
    assert csat({1: 1, 2: 2, 3: 3, 4: 5, 5: 9}) == Share(hits=14, n=20)
    assert csat({1: 1, 2: 2, 3: 3, 4: 5, 5: 9}).value == 0.7


def test_csat_of_nothing_is_nothing():
    assert csat({}) == Share(hits=0, n=0)
    assert csat({}).value is None


@pytest.mark.parametrize("counts", [{0: 1}, {6: 1}, {5: -1}])
def test_csat_refuses_what_is_no_answer(counts):
    with pytest.raises(ValueError, match="from 1 to 5"):
        csat(counts)


@pytest.mark.parametrize(
    ("n", "is_shown", "is_solid"),
    [(MIN_SHOWN - 1, False, False), (MIN_SHOWN, True, False),
     (MIN_SOLID - 1, True, False), (MIN_SOLID, True, True)],
)  # fmt: skip
def test_share_hides_and_greys_small_samples(n, is_shown, is_solid):
    share = Share(hits=n, n=n)
    assert (share.is_shown, share.is_solid) == (is_shown, is_solid)
    assert (share.value is not None) == (share.interval is not None) == is_shown
