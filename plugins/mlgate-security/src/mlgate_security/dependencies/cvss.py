"""The severity of a CVSS vector.

Version 3.0 and 3.1: the base score of https://www.first.org/cvss/v3.1/specification-document, section 7.1, in the
bands of section 5. Version 4 has no formula but a table of 270 places; a vector of it alone is not graded.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from mlgate import Severity

_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "UI": {"N": 0.85, "R": 0.62},
    "C": {"H": 0.56, "L": 0.22, "N": 0.0},
    "I": {"H": 0.56, "L": 0.22, "N": 0.0},
    "A": {"H": 0.56, "L": 0.22, "N": 0.0},
}
_PRIVILEGES = {"U": {"N": 0.85, "L": 0.62, "H": 0.27}, "C": {"N": 0.85, "L": 0.68, "H": 0.5}}
_BANDS = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM), (0.0, Severity.LOW))


def severity_of_vector(vector: str) -> Severity | None:
    """The band of a CVSS 3 vector; None for what is none."""
    score = base_score(vector)
    return None if score is None else next(severity for least, severity in _BANDS if score >= least)


def base_score(vector: str) -> float | None:
    """From 0 to 10, rounded up to a tenth as the standard says; None for what is no CVSS 3 vector."""
    version, _, rest = vector.partition("/")
    if version not in ("CVSS:3.0", "CVSS:3.1"):
        return None
    metrics = dict(part.split(":", 1) for part in rest.split("/") if ":" in part)
    try:
        weights = {name: table[metrics[name]] for name, table in _WEIGHTS.items()}
        changed = metrics["S"] == "C"
        privileges = _PRIVILEGES[metrics["S"]][metrics["PR"]]
    except KeyError:
        return None
    lost = 1 - (1 - weights["C"]) * (1 - weights["I"]) * (1 - weights["A"])
    impact = 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 if changed else 6.42 * lost
    if impact <= 0:
        return 0.0
    exploitability = 8.22 * weights["AV"] * weights["AC"] * privileges * weights["UI"]
    return _up_to_a_tenth(min((1.08 if changed else 1.0) * (impact + exploitability), 10.0))


def _up_to_a_tenth(value: float) -> float:
    """Appendix A of the standard: no tenth more for a trace of binary fractions."""
    hundred_thousandths = round(value * 100_000)
    if hundred_thousandths % 10_000 == 0:
        return hundred_thousandths / 100_000
    return (math.floor(hundred_thousandths / 10_000) + 1) / 10
