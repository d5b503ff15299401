"""A record to draw, with some of everything that a record can hold."""

from __future__ import annotations

from mlgate.results import (
    CheckRun,
    Comparison,
    DataSubject,
    Decision,
    Finding,
    GateFacts,
    JudgedBy,
    Level,
    Location,
    Measurement,
    ModelSubject,
    Outcome,
    Part,
    Record,
    Result,
    RuleOutcome,
    RunFacts,
    RunStatus,
    Severity,
    SliceMeasurement,
    Trust,
    Verdict,
    WaiverUse,
)
from mlgate.stats import Estimate, Scale, Spread

NOT_WORSE = "not_worse_than_champion(0.01)"


def sample_record() -> Record:
    """A denied run with a check of every outcome and level, a champion, slices, parts, findings, a waiver and trust."""
    results = (
        _waived(),
        _failed(),
        _inconclusive(),
        _passed(),
        _warned(),
        _not_applicable(),
        *(_needs_train(check) for check in ("performance.overfit", "data.train_test_overlap")),
        _crashed(),
        _found(),
    )
    reasons = (
        f"performance.roc_auc: {_failed().reason}",
        "security.secrets: 2 findings, the worst high",
        "2 checks need train: train.parquet does not exist.",
        f"business.profit_per_loan: {_crashed().reason}",
    )
    return Record(
        facts=_facts(),
        verdict=Verdict(Decision.DENIED, reasons, 1),
        results=results,
        seconds=3.2,
        waivers=(
            WaiverUse(
                "data.duplicates", "vendor re-sends rows until ticket 412 is closed", "data-team", "2027-01-31", True
            ),
            WaiverUse("data.drift", "known season", "data-team", "2027-01-31", False),
        ),
    )


def _facts() -> RunFacts:
    return RunFacts(
        id="20261124T083000-a1b2c3",
        mlgate="0.1.0",
        started="2026-11-24T08:30:00.250Z",
        candidate=ModelSubject("models:/income/7", f"sha256:{'7a' * 32}", "income", "7", "challenger"),
        champion=ModelSubject("models:/income/5", f"sha256:{'5c' * 32}", "income", "5", "champion"),
        data={"test": DataSubject("data/test.parquet", f"sha256:{'d0' * 32}", 300, 3)},
        gate=GateFacts(0.95, f"sha256:{'9e' * 32}", "mlgate.toml"),
        environment={"python": "3.11.9", "platform": "linux"},
        trust=(
            Trust("--trust-model", "champion", f"sha256:{'5c' * 32}", ("'model.pkl, byte 31': imports loans.Scorer.",)),
            Trust("mlgate.toml:3", None, f"sha256:{'0b' * 32}", ()),
        ),
    )


def _result(
    check: str,
    outcome: Outcome,
    measurement: Measurement | None,
    rules: tuple[RuleOutcome, ...],
    *,
    required: bool = False,
) -> Result:
    """A measured check; its first rule speaks for it."""
    run = CheckRun(check, RunStatus.MEASURED, 0.125, measurement, {"threshold": 0.5})
    return Result(run, outcome, rules[0].level, rules[0].rule, rules[0].reason, rules, required)


def _unmeasured(
    check: str, status: RunStatus, reason: str, *, cause: str | None = None, trace: str | None = None
) -> Result:
    run = CheckRun(check, status, 0.0, reason=reason, cause=cause, traceback=trace)
    return Result(run, Outcome(status), Level.ENFORCE, None, reason)


def _failed() -> Result:
    auc = Estimate(0.741, 300, Spread("delong", 0.16, Scale.LOGIT), 95)
    champion = Estimate(0.772, 300, Spread("delong", 0.15, Scale.LOGIT), 95)
    difference = Estimate(-0.031, 300, Spread("delong-paired", 0.0097))
    sexes = {"female": Estimate(0.72, 95, Spread("delong", 0.3, Scale.LOGIT), 31), "male": Estimate(0.75, 205)}
    measurement = Measurement(
        auc,
        slices=tuple(SliceMeasurement({"sex": sex}, estimate) for sex, estimate in sexes.items()),
        comparison=Comparison(champion, difference, higher_is_better=True),
        notes=("Score bins change this value by less than 0.0001.",),
        data={"curve": [[0.0, 0.0], [0.5, 0.9], [1.0, 1.0]], "bins": 512},
    )
    reason = "worse than the champion by 0.031 [0.012, 0.050]; the margin is 0.01"
    rules = (
        RuleOutcome(NOT_WORSE, Outcome.FAILED, Level.ENFORCE, reason, where="mlgate.toml:21"),
        RuleOutcome("at_least(0.7)", Outcome.INCONCLUSIVE, Level.ENFORCE, "0.741 [0.677, 0.797] holds 0.7", 212),
    )
    return _result("performance.roc_auc", Outcome.FAILED, measurement, rules, required=True)


def _inconclusive() -> Result:
    measurement = Measurement(Estimate(0.81, 300, Spread("wilson", 0.0226, Scale.SCORE, trials=300.0)))
    reason = "0.81 [0.762, 0.851] holds 0.8"
    rules = (RuleOutcome("at_least(0.8)", Outcome.INCONCLUSIVE, Level.ENFORCE, reason, 12_300),)
    return _result("performance.accuracy", Outcome.INCONCLUSIVE, measurement, rules)


def _passed() -> Result:
    estimate = Estimate(0.02, 300, Spread("bootstrap", 0.008, df=19.0, centre=0.021))
    slope = Part("slope", Estimate(0.97, 300, Spread("jackknife", 0.05)), "1")
    rules = (RuleOutcome("at_most(0.05)", Outcome.PASSED, Level.ENFORCE, "0.02 [0.004, 0.038] is at most 0.05"),)
    return _result("performance.calibration", Outcome.PASSED, Measurement(estimate, parts=(slope,)), rules)


def _warned() -> Result:
    measurement = Measurement(Estimate(48_842.0, 300), "EUR", judged_by=JudgedBy.SLICES)
    rules = (RuleOutcome("at_least(50000)", Outcome.FAILED, Level.WARN, "48,842 EUR is less than 50,000 EUR"),)
    return _result("business.revenue", Outcome.FAILED, measurement, rules)


def _waived() -> Result:
    waived = "vendor re-sends rows until ticket 412 is closed"
    rule = RuleOutcome("at_most(0)", Outcome.FAILED, Level.ENFORCE, "12 rows are more than 0", waived=waived)
    return _result("data.duplicates", Outcome.FAILED, Measurement(Estimate(12.0, 300), "rows"), (rule,))


def _found() -> Result:
    findings = (
        Finding("a private key", Severity.HIGH, Location("model/conf.py", 3), {"kind": "PEM"}),
        Finding("a password", Severity.LOW, Location("README.md")),
    )
    rule = RuleOutcome("no_findings", Outcome.FAILED, Level.ENFORCE, "2 findings, the worst high")
    return _result("security.secrets", Outcome.FAILED, Measurement(findings=findings), (rule,))


def _not_applicable() -> Result:
    return _unmeasured("performance.mae", RunStatus.SKIPPED, "needs a regression; this task is binary.")


def _needs_train(check: str) -> Result:
    return _unmeasured(check, RunStatus.ERRORED, "train.parquet does not exist.", cause="train")


def _crashed() -> Result:
    trace = 'Traceback (most recent call last):\n  File "checks.py", line 12\nZeroDivisionError: division by zero\n'
    reason = "the check crashed with ZeroDivisionError: division by zero"
    return _unmeasured("business.profit_per_loan", RunStatus.ERRORED, reason, trace=trace)
