"""`security.code`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from mlgate import Finding, Measurement, NotApplicable, Severity, check
from mlgate_security.code.baseline import known_issues, unknown
from mlgate_security.code.scanning import Issue, scan
from mlgate_security.files import SourceFile, sources

_ORDER = tuple(Severity)


@check("security.code", better="lower", default={"no_findings": "high"})
def code(
    candidate: object,
    folder: Path,
    *,
    paths: tuple[str, ...] = (),
    confidence: Literal["low", "medium", "high"] = "medium",
    baseline: str | None = None,
    ignore_nosec: bool = False,
    exclude: tuple[str, ...] = (),
) -> Measurement:
    """Dangerous calls in the code packed with the model, and in the training repository.

    The code is read by bandit and never run: every `.py` file in the model's folder (MLflow's `code`, a model from
    code), and below `paths`, files and folders relative to the gate file's, as `paths = ["src", "train.py"]`. Wheels
    are not unpacked; a note counts them.

    A finding has bandit's severity, if bandit's confidence in it is at least `confidence` (low, medium, high); one of
    less confidence is a finding of low severity. By default a finding of high severity blocks.

    `exclude` are bandit's tests that are not wanted, as `["B101"]`. `baseline` is a JSON report of bandit's, relative
    to the gate file's folder: what stands in it, in the same file with the same words, is known and no finding.
    Comments `# nosec` are obeyed and counted in a note; `ignore_nosec = true` obeys none, for code whose author you
    don't know. A `.bandit` file beside the code is not obeyed.

    A file that can't be parsed, or on which bandit crashes, makes the check err: what was not looked into did not
    pass.

    ## What to do
    Rewrite the call: `subprocess.run([...])` without a shell, `yaml.safe_load`, no `eval`, `pickle` only for files
    that you made. Where it is safe, say so in the code with `# nosec B602` and the reason, or keep it in a baseline.
    """
    found = sources(candidate, folder, paths)
    python = [file for file in found if file.path.suffix in (".py", ".pyw")]
    if not python:
        raise NotApplicable("there is no Python code in the model.", hint="`paths` names code of the repository.")
    result = scan(python, ignore_nosec=ignore_nosec)
    wanted = tuple(issue for issue in result.issues if issue.test not in exclude)
    fresh = unknown(wanted, known_issues(folder / baseline, folder)) if baseline is not None else wanted
    return Measurement(
        estimate=Measurement.exact(len(fresh), n=len(python), unit="issues").estimate,
        unit="issues",
        findings=tuple(_finding(issue, Severity(confidence)) for issue in fresh),
        notes=tuple(_notes(found, result.nosec, len(wanted) - len(fresh))),
    )


def _finding(issue: Issue, least: Severity) -> Finding:
    sure = _ORDER.index(issue.confidence) >= _ORDER.index(least)
    return Finding(
        f"{issue.test}: {issue.text}",
        issue.severity if sure else Severity.LOW,
        issue.file.at(issue.line),
        {"test": issue.test, "confidence": issue.confidence.value, "severity": issue.severity.value},
    )


def _notes(found: Sequence[SourceFile], nosec: int, known: int) -> list[str]:
    wheels = sum(file.path.suffix == ".whl" for file in found)
    told = [
        (nosec, "issues were passed over for a comment `# nosec`."),
        (known, "issues stand in the baseline."),
        (wheels, "wheels were not unpacked."),
    ]
    return [f"{many:,} {words}" for many, words in told if many]
