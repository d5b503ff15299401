"""`security.licences`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlgate import Finding, Measurement, Severity, check
from mlgate_security.environment import Pin, environment_of
from mlgate_security.files import model_folder
from mlgate_security.licence_terms import accepted, installed_terms


@check("security.licences", better="lower", default={"no_findings": "medium"})
def licences(
    candidate: object, *, allow: tuple[str, ...] = (), deny: tuple[str, ...] = (), ignore: tuple[str, ...] = ()
) -> Measurement:
    """Licences of the packages that the model pins.

    A licence is read from a package's metadata where the package is installed in this environment; nothing is
    downloaded. Whoever ships the model ships these packages under their terms.

    `allow` and `deny` are SPDX names, `*` standing for anything: `allow = ["MIT", "BSD-*", "Apache-2.0"]`,
    `deny = ["AGPL-*", "GPL-*"]`. Of `MIT OR GPL-3.0-only` you choose the one that suits, of `AND` you keep both. A
    licence that is denied, or not among those allowed where a list is given, is a finding of high severity. A package
    whose licence is not known here is a finding of low severity. Without lists licences are only recorded.
    Packages in `ignore` are not looked at.

    ## What to do
    Replace the package, or ask whoever answers for licences and add its terms to `allow`. For an unknown one, run the
    gate where the model's packages are installed.
    """
    pins = [pin for pin in environment_of(model_folder(candidate)).pins if pin.name not in ignore]
    terms = {pin: installed_terms(pin.name) for pin in pins}
    found = [finding for pin in pins for finding in _judged(pin, terms[pin], allow, deny)]
    return Measurement(
        estimate=Measurement.exact(len(found), n=len(pins), unit="packages").estimate,
        unit="packages",
        findings=tuple(found),
        data={"licences": {pin.name: terms[pin] for pin in pins}},
    )


def _judged(pin: Pin, terms: str | None, allow: Sequence[str], deny: Sequence[str]) -> Iterator[Finding]:
    if terms is None:
        yield Finding(f"The licence of {pin} is not known here.", Severity.LOW, pin.place, {"package": pin.name})
    elif not accepted(terms, allow, deny):
        why = "is denied" if not accepted(terms, (), deny) else "is not among those allowed"
        yield Finding(
            f"The licence of {pin}, {terms}, {why}.", Severity.HIGH, pin.place, {"package": pin.name, "licence": terms}
        )
