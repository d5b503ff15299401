"""What is wrong with a gate file or a command line is told before anything is measured, with exit code 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Desk

HEAD = """\
version = 1
[candidate]
model = "candidate.joblib"
[data]
test = "test.parquet"
label = "late"
"""
MISTAKES = {
    "unknown key": (
        HEAD.replace("label", "lable"),
        ["mlgate.toml:6: [data] has no key lable. Did you mean label?"],
    ),
    "unknown section": (
        HEAD + "[polcy]\n",
        ["mlgate.toml:7: a gate file has no section polcy. Did you mean policy?"],
    ),
    "unknown check": (
        HEAD + '[checks."performance.roc_acu"]\nat_least = 0.8\n',
        ["mlgate.toml:7: there is no check performance.roc_acu. Did you mean performance.roc_auc?"],
    ),
    "unknown rule": (
        HEAD + '[checks."performance.f1"]\nat_lest = 0.1\n',
        ['mlgate.toml:8: [checks."performance.f1"] has no key at_lest. Did you mean at_least?'],
    ),
    "wrong type of a bound": (
        HEAD + '[checks."performance.f1"]\nat_least = "high"\n',
        ['mlgate.toml:8: [checks."performance.f1"]: at_least: "high" is not a number with a unit, as "50ms".'],
    ),
    "wrong type of an option": (
        HEAD + '[checks."performance.f1"]\nthreshold = "half"\n',
        ['mlgate.toml:8: [checks."performance.f1"] threshold takes a number, not "half".'],
    ),
    "wrong type of a section's value": (
        HEAD.replace('"late"', "3"),
        ["mlgate.toml:6: [data] label takes text, not 3."],
    ),
    "not TOML": (
        HEAD + "[policy\n",
        ["mlgate.toml:7: this is not TOML: expected ']' at the end of a table declaration."],
    ),
    "no version": (
        HEAD.replace("version = 1\n", ""),
        ["mlgate.toml:1: the gate file has no version. Write version = 1 at its top."],
    ),
    "several at once": (
        HEAD.replace("label", "lable") + '[checks."performance.roc_acu"]\nat_least = 0.8\n[policy]\nconfidence = 2\n',
        [
            "mlgate.toml:6: [data] has no key lable. Did you mean label?",
            "mlgate.toml:7: there is no check performance.roc_acu. Did you mean performance.roc_auc?",
            "mlgate.toml:10: [policy] confidence takes a number of at least 0.5 and below 1, not 2.",
        ],
    ),
}
COMMANDS = {
    "unknown option": (
        ("run", "--modle", "x"),
        "No such option '--modle'. (Did you mean one of: '--model', '--trust-model'?)",
    ),
    "unknown command": (("rnu",), "there is no command 'rnu'. Did you mean run?"),
    "missing gate file": (
        ("run", "--gate", "nope.toml"),
        "there is no gate file nope.toml. `mlgate init` writes one.",
    ),
    "report without a path": (
        ("run", "--report", "junit"),
        "--report takes FORMAT=PATH, as junit=report.xml, not 'junit'.",
    ),
    "no jobs": (("run", "--jobs", "0"), "Invalid value for '--jobs': 0 is not in the range x>=1."),
    "unknown check": (
        ("explain", "performance.roc_acu"),
        "there is no check 'performance.roc_acu'. Did you mean performance.roc_auc?",
    ),
    "not in a registry": (
        ("promote", "candidate.joblib", "--to", "champion"),
        "candidate.joblib is not in a registry that is installed here. Installed are folder:, models:, sagemaker:.",
    ),
}


@pytest.mark.parametrize(("gate", "told"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_the_gate_file_is_told_by_file_and_line(gate: str, told: list[str], desk: Desk) -> None:
    """Nothing was measured, and every mistake is told at once."""
    desk.gate(gate)
    done = desk.mlgate("run")
    assert (done.code, done.err.splitlines()) == (4, [f"mlgate: {line}" for line in told])
    assert desk.records() == []


@pytest.mark.parametrize(("command", "told"), COMMANDS.values(), ids=COMMANDS)
def test_a_mistake_on_the_command_line_is_told(command: tuple[str, ...], told: str, desk: Desk) -> None:
    """One sentence, and no traceback."""
    done = desk.mlgate(*command)
    assert (done.code, done.out, done.err) == (4, "", f"mlgate: {told}\n")


def test_the_exit_code_reaches_the_shell(desk: Desk) -> None:
    """The process itself exits with the code, and says nothing on the output stream."""
    desk.gate(HEAD.replace("label", "lable"))
    done = desk.process("run")
    assert (done.code, done.out) == (4, "")
    assert done.err == "mlgate: mlgate.toml:6: [data] has no key lable. Did you mean label?\n"
