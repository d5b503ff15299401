"""Whose word counts for which model, and for which decision."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mlgate.errors import UsageError
from mlgate.gate import GateRequest, installed_host
from mlgate.gate.settings import settle
from mlgate.gate.trusting import MODEL_FILES, refuse_no_digests, terms_of, trust_in, vouched
from mlgate.gatefile import GateFile, ModelTerms
from mlgate.opening import Limits, Terms
from mlgate.results import CheckRun, Finding, Measurement, RunFacts, RunStatus, Severity, Trust
from mlgate.testing.records import sample_record

ONE, TWO, THREE = (f"sha256:{digit * 64}" for digit in "123")
FILE = f"""\
version = 1
[candidate]
trust = ["{ONE}"]
allow_code = true
[champion]
trust = ["{TWO}"]
max_files = 7
"""


def facts(*trust: Trust) -> RunFacts:
    return replace(sample_record().facts, trust=trust)


def run_with(*messages: str) -> CheckRun:
    found = tuple(Finding(message, Severity.CRITICAL) for message in messages)
    return CheckRun(MODEL_FILES, RunStatus.MEASURED, 0.0, Measurement(findings=found))


CALLER = Trust("--trust-model", "candidate", ONE, ("a", "b"))


def test_all_that_was_found_has_to_be_let_pass() -> None:
    """One thing more, and the check stands as it is."""
    (said,) = vouched(facts(CALLER), [run_with("a", "b")], GateFile())
    assert (said.check, str(said)) == (MODEL_FILES, "vouched for (--trust-model)")
    assert vouched(facts(CALLER), [run_with("a", "b", "c")], GateFile()) == ()
    assert vouched(facts(CALLER), [run_with()], GateFile()) == ()
    assert vouched(facts(), [run_with("a")], GateFile()) == ()


def test_trust_in_the_champion_says_nothing_of_the_candidate() -> None:
    """Though the messages are the same."""
    assert vouched(facts(replace(CALLER, model="champion")), [run_with("a")], GateFile()) == ()


@pytest.mark.parametrize(
    ("trust", "terms", "counts"),
    [
        (replace(CALLER, by="mlgate.toml:3"), ModelTerms(trust={ONE: "mlgate.toml:9"}), True),
        (replace(CALLER, by="mlgate.toml:3"), ModelTerms(trust={TWO: "mlgate.toml:3"}), False),
        (replace(CALLER, by="mlgate.toml:3"), ModelTerms(allow_code="mlgate.toml:3"), False),
        (replace(CALLER, by="mlgate.toml:4", digest=None), ModelTerms(allow_code="mlgate.toml:4"), True),
        (replace(CALLER, by="mlgate.toml:4", digest=None), ModelTerms(trust={ONE: "mlgate.toml:4"}), False),
    ],
)
def test_what_a_gate_file_said_it_has_to_say_still(trust: Trust, terms: ModelTerms, counts: bool) -> None:
    """A decision made again counts on the file as it is now."""
    assert bool(vouched(facts(trust), [run_with("a")], GateFile(candidate_terms=terms))) is counts


def test_terms_are_the_file_s_and_the_caller_s() -> None:
    """The limits have defaults."""
    assert terms_of(ModelTerms(), ()) == Terms()
    stated = ModelTerms(trust={ONE: "mlgate.toml:3"}, allow_code="mlgate.toml:4", max_files=5)
    assert terms_of(stated, [TWO]) == Terms(frozenset({ONE, TWO}), True, Limits(files=5))


def test_every_word_is_told_though_no_model_has_it() -> None:
    """Once for each place where it stands."""
    gate = GateFile(candidate_terms=ModelTerms(trust={ONE: "mlgate.toml:3"}, allow_code="mlgate.toml:4"))
    assert trust_in(gate, [TWO, TWO], {"candidate": None, "champion": None}) == (
        Trust("mlgate.toml:3", None, ONE, ()),
        Trust("mlgate.toml:4", "candidate", None, ()),
        Trust("--trust-model", None, TWO, ()),
    )


@pytest.mark.parametrize("stated", ["", "abc", ONE[:-1], ONE.upper(), f"{ONE}\n", ONE.removeprefix("sha256:"), "*"])
def test_only_a_whole_digest_is_one(stated: str) -> None:
    """No part of it, no pattern, no other spelling."""
    with pytest.raises(UsageError):
        refuse_no_digests([stated])


def test_a_promoted_model_keeps_the_word_that_was_given_for_it(tmp_path: Path) -> None:
    """Else a watch would take a trusted candidate back as soon as it is the champion."""
    (tmp_path / "mlgate.toml").write_text(FILE)
    request = GateRequest(folder=tmp_path, alone=True, trust=(THREE,))
    settings = settle(request, tmp_path / "mlgate.toml", installed_host(tmp_path))
    stated = settings.gate.candidate_terms
    assert terms_of(stated, settings.request.trust) == Terms(frozenset({ONE, TWO, THREE}), True, Limits(files=7))
    assert settings.gate.champion_terms == ModelTerms()
