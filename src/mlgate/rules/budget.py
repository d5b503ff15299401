"""One error budget for many claims: Holm's step-down, as the level at which a single claim fails."""

from __future__ import annotations

from collections.abc import Iterable


def holm_level(p_values: Iterable[float], confidence: float) -> float:
    """The two-sided level at which each of these claims has to be shown, so that the chance of showing any false one
    stays within the budget of a single claim at `confidence` (one-sided: half of it).

    Holm (1979), A simple sequentially rejective multiple test procedure: Scandinavian Journal of Statistics 6, 65-70.
    The k smallest p-values are rejected while p(k) <= alpha / (m - k + 1); testing each claim at alpha / (m - K), with
    K the number rejected, rejects exactly those.
    """
    alpha = (1 - confidence) / 2
    ordered = sorted(p_values)
    claims = len(ordered)
    shown = 0
    while shown < claims and ordered[shown] <= alpha / (claims - shown):
        shown += 1
    return 1 - 2 * alpha / max(1, claims - shown)
