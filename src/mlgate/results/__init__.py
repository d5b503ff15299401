"""What a run leaves behind: measurements, outcomes, the verdict and the record that holds them."""

from mlgate.results.measurement import (
    Comparison,
    Finding,
    Json,
    Location,
    Measurement,
    Part,
    SliceMeasurement,
    TooSmall,
)
from mlgate.results.outcome import Decision, JudgedBy, Level, Outcome, Severity, Undecided
from mlgate.results.record import (
    CheckRun,
    DataSubject,
    GateFacts,
    ModelSubject,
    Record,
    Result,
    RuleOutcome,
    RunFacts,
    RunStatus,
    Verdict,
    WaiverUse,
)

__all__ = [
    "CheckRun",
    "Comparison",
    "DataSubject",
    "Decision",
    "Finding",
    "GateFacts",
    "Json",
    "JudgedBy",
    "Level",
    "Location",
    "Measurement",
    "ModelSubject",
    "Outcome",
    "Part",
    "Record",
    "Result",
    "RuleOutcome",
    "RunFacts",
    "RunStatus",
    "Severity",
    "SliceMeasurement",
    "TooSmall",
    "Undecided",
    "Verdict",
    "WaiverUse",
]
