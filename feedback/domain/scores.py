"""Scores one may believe: a share never stands without its n and its interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from feedback.domain.surveys import SCALES, QuestionKind

# The 97.5th percentile of the normal distribution: intervals of 95 %.
Z95 = 1.959963984540054
# Below: no figure at all. Below the second: shown in grey.
MIN_SHOWN = 5
MIN_SOLID = 30
SATISFIED = frozenset({4, 5})


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a share lies with 95 % confidence, both ends from 0 to 1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n`; the figures are None while n is too small to say anything."""

    hits: int
    n: int

    @property
    def is_shown(self) -> bool:
        """Tell whether there are enough answers for a figure."""
        return self.n >= MIN_SHOWN

    @property
    def is_solid(self) -> bool:
        """Tell whether the figure may be shown without a warning."""
        return self.n >= MIN_SOLID

    @property
    def value(self) -> float | None:
        """The share from 0 to 1, None below `MIN_SHOWN`."""
        return self.hits / self.n if self.is_shown else None

    @property
    def interval(self) -> Interval | None:
        """The Wilson interval of the share, None below `MIN_SHOWN`."""
        return wilson(self.hits, self.n) if self.is_shown else None


def wilson(hits: int, n: int, z: float = Z95) -> Interval:
    """Return the Wilson score interval without continuity correction.

    E. B. Wilson, JASA 22 (1927) 209-212: the p that solve |p - hits/n| = z sqrt(p (1 - p) / n).
    Worked examples: R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
    """
    if not 0 <= hits <= n or n == 0:
        raise ValueError("hits must lie between 0 and n, and n must not be 0")
    share, zz = hits / n, z * z
    centre = share + zz / (2 * n)
    reach = z * sqrt(share * (1 - share) / n + zz / (4 * n * n))
    scale = 1 + zz / n
    # At the ends the exact bound is 0 or 1; floating point may miss it by a hair.
    low = 0.0 if hits == 0 else (centre - reach) / scale
    high = 1.0 if hits == n else (centre + reach) / scale
    return Interval(low, high)


def csat(counts: Mapping[int, int]) -> Share:
    """Return the share of answers 4 and 5 among `counts`, how often each of 1 to 5 was given."""
    if any(rating not in SCALES[QuestionKind.CSAT] or n < 0 for rating, n in counts.items()):
        raise ValueError("CSAT answers run from 1 to 5")
    return Share(hits=sum(counts.get(rating, 0) for rating in SATISFIED), n=sum(counts.values()))
