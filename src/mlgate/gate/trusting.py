"""Whom the gate file and the caller vouch for: the terms on which models are opened, and what that let pass."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from mlgate.errors import UsageError
from mlgate.gate.subjects import Subject
from mlgate.gatefile import GateFile, ModelTerms
from mlgate.opening.terms import Limits, Terms
from mlgate.results import CheckRun, RunFacts, Trust
from mlgate.rules import Vouched

BY_CALLER = "--trust-model"
MODEL_FILES = "security.model_files"
"""The check that tells everything which keeps a model closed."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def refuse_no_digests(trust: Sequence[str]) -> None:
    """Raise `UsageError` for a text that is no whole digest: a prefix would trust more than one model."""
    for stated in trust:
        if _DIGEST.fullmatch(stated) is None:
            raise UsageError(
                f"{BY_CALLER} takes a whole digest, sha256: and 64 hexadecimal digits, not {stated!r}.",
                hint="The refusal to open a model names it; the record has it under candidate.digest.",
            )


def terms_of(stated: ModelTerms, trust: Sequence[str]) -> Terms:
    """The terms of one model: what the gate file says of it, and the digests that the caller trusts."""
    default = Limits()
    return Terms(
        trusted=frozenset({*stated.trust, *trust}),
        allow_code=stated.allow_code is not None,
        limits=Limits(stated.max_files or default.files, stated.max_size or default.size),
    )


def trust_in(gate: GateFile, trust: Sequence[str], models: Mapping[str, Subject | None]) -> tuple[Trust, ...]:
    """Every word for a model that was given, with what it let pass in this run. `models` are by role."""
    told = [each for role, stated in _terms(gate) for each in _of_file(role, stated, models.get(role))]
    return (*told, *(each for digest in dict.fromkeys(trust) for each in _of_caller(digest, models)))


def vouched(facts: RunFacts, runs: Sequence[CheckRun], gate: GateFile) -> tuple[Vouched, ...]:
    """The exception to the check of model files: where all that it found was let pass, by words that still stand."""
    standing = [each for each in facts.trust if each.model == "candidate" and each.overrides and _stands(each, gate)]
    passed = {message for each in standing for message in each.overrides}
    found = [
        finding.message
        for run in runs
        if run.check == MODEL_FILES and run.measurement is not None
        for finding in run.measurement.findings
    ]
    if not found or not passed.issuperset(found):
        return ()
    return (Vouched(MODEL_FILES, ", ".join(each.by for each in standing)),)


def _stands(trust: Trust, gate: GateFile) -> bool:
    """Whether a decision under this gate file may count on it: what the file said once, it must say now."""
    if trust.by == BY_CALLER:
        return True
    stated = gate.candidate_terms
    return stated.allow_code is not None if trust.digest is None else trust.digest in stated.trust


def _terms(gate: GateFile) -> tuple[tuple[str, ModelTerms], ...]:
    return ("candidate", gate.candidate_terms), ("champion", gate.champion_terms)


def _of_file(role: str, stated: ModelTerms, model: Subject | None) -> Iterator[Trust]:
    for digest, where in stated.trust.items():
        matched = model is not None and model.facts.digest == digest
        yield Trust(where, role if matched else None, digest, _overridden(model, trusted=True) if matched else ())
    if stated.allow_code is not None:
        yield Trust(stated.allow_code, role, None, _overridden(model, trusted=False))


def _of_caller(digest: str, models: Mapping[str, Subject | None]) -> Iterator[Trust]:
    matching = [(role, model) for role, model in models.items() if model and model.facts.digest == digest]
    yield from (Trust(BY_CALLER, role, digest, _overridden(model, trusted=True)) for role, model in matching)
    if not matching:
        yield Trust(BY_CALLER, None, digest, ())


def _overridden(model: Subject | None, *, trusted: bool) -> tuple[str, ...]:
    return () if model is None else tuple(finding.message for finding in model.overridden(trusted=trusted))
