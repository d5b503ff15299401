"""The difference of two shares of independent rows."""

from __future__ import annotations

import math

from mlgate.stats.estimate import Estimate, Spread


def difference_of_shares(here: tuple[float, float], there: tuple[float, float], *, rows: int) -> Estimate:
    """The share `here` less the share `there`, each as (count, of how many), measured on `rows` rows.

    Agresti & Caffo 2000, The American Statistician 54, 280-288: the interval is Wald's after one success and one
    failure are added to each side. It ends at -1 and 1, as every difference of shares does. With a share of nothing
    there is no difference to speak of: the value is 0, and the interval as wide as that.
    """
    shares = [(count + 1) / (of + 2) for count, of in (here, there)]
    se = math.sqrt(sum(share * (1 - share) / (of + 2) for share, (_, of) in zip(shares, (here, there), strict=True)))
    spread = Spread("agresti-caffo", se, centre=shares[0] - shares[1], least=-1.0, most=1.0)
    value = here[0] / here[1] - there[0] / there[1] if here[1] and there[1] else 0.0
    return Estimate(value, rows, spread)
