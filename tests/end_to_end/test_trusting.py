"""A model that the scan speaks against stays closed, until somebody vouches for its digest, for all to see."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from mlgate.opening import digest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Desk, Workshop

OWN = """
from sklearn.linear_model import LogisticRegression


class Own(LogisticRegression):
    pass
"""
SAVE = """
import joblib
from own_model_class import Own

model = joblib.load("candidate.joblib")
model.__class__ = Own
joblib.dump(model, "own.joblib")
"""
CHECKS = ("--checks", "security.model_files,performance.roc_auc,toy.sound")
OTHERS_LEFT_OUT = '[policy]\nskip = ["[!pst]*", "performance.[!r]*", "security.[!m]*", "security.model_l*"]\n'
NAMED = ("--test", "test.parquet", "--label", "late")
IMPORT = "imports own_model_class.Own, which is not on mlgate's list."
GATE = """\
version = 1

[candidate]
model = "own.joblib"
{terms}
[data]
test = "test.parquet"
label = "late"
"""


@pytest.fixture(scope="session")
def saved(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The candidate as a class of the user's own, which no list knows."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "own_model_class.py").write_text(OWN)
    shutil.copy(workshop.folder / "candidate.joblib", folder)
    subprocess.run([sys.executable, "-c", SAVE], cwd=folder, check=True)
    return (folder / "own.joblib").read_bytes()


@pytest.fixture
def own(sound: Desk, saved: bytes) -> Desk:
    """A desk with that model, as `own.joblib`."""
    sound.write("own_model_class.py", OWN)
    (sound / "own.joblib").write_bytes(saved)
    return sound


@pytest.fixture
def bound(own: Desk) -> str:
    return digest(own / "own.joblib")


def trust(desk: Desk) -> list[dict[str, Any]]:
    return list(desk.record()["trust"])


def test_the_run_ends_with_what_it_could_measure(own: Desk, bound: str) -> None:
    """One reason, all findings in their check, and the command that would open it."""
    done = own.mlgate("run", "--model", "own.joblib", *NAMED, *CHECKS)
    assert done.code == 1, done
    outcomes = {result["check"]: result["outcome"] for result in own.record()["results"]}
    assert outcomes == {"security.model_files": "failed", "performance.roc_auc": "errored", "toy.sound": "passed"}
    (finding,) = own.result("security.model_files")["findings"]
    assert (finding["data"]["module"], finding["data"]["name"]) == ("own_model_class", "Own")
    reason = own.result("performance.roc_auc")["reason"]
    assert reason.startswith("The model own.joblib stays closed: 'own.joblib, byte ")
    assert f"{IMPORT} If you vouch for exactly these bytes: `mlgate run --trust-model {bound}`" in reason
    assert f"--trust-model {bound}`" in done.out  # whole, not cut


def test_the_caller_s_trust_stands_in_every_report(own: Desk, bound: str) -> None:
    """It opens the model, is shown as a waiver is, and lists what it overrides."""
    reports = [f"{name}=out.{name}" for name in ("json", "markdown", "junit", "sarif")]
    asked = [word for report in reports for word in ("--report", report)]
    done = own.mlgate("run", "--model", "own.joblib", *NAMED, *CHECKS, "--trust-model", bound, *asked)
    assert done.code == 0, done
    (given,) = trust(own)
    assert (given["by"], given["model"], given["digest"]) == ("--trust-model", "candidate", bound)
    assert [message.partition(": ")[2] for message in given["overrides"]] == [IMPORT]
    assert own.result("security.model_files")["rules"][0]["waived"] == "vouched for (--trust-model)"
    reasons = own.record()["verdict"]["reasons"]
    assert "the candidate is opened on trust (--trust-model), in spite of 1 finding." in reasons
    said = f"the candidate {bound}, by --trust-model, in spite of 1 finding"
    assert f"Trusted models:\n  {said}\n    'own.joblib, byte " in done.out
    assert f"| candidate | {bound} | \\--trust-model | 'own.joblib, byte " in (own / "out.markdown").read_text()
    properties = ElementTree.parse(own / "out.junit").iter("property")
    assert said in {each.get("value") for each in properties}
    (run,) = json.loads((own / "out.sarif").read_text())["runs"]
    assert run["properties"]["trust"] == [given]
    notes = [each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"]]
    assert f"Trusted model: {said}" in notes
    (result,) = (each for each in run["results"] if each["ruleId"] == "security.model_files")
    assert result["suppressions"][0]["justification"] == "vouched for (--trust-model)"


def test_without_its_trust_kept_predictions_are_none(own: Desk, bound: str) -> None:
    """What was predicted on trust is not used when nobody vouches any more."""
    asked = ("run", "--model", "own.joblib", *NAMED, "--checks", "performance.roc_auc")
    assert own.mlgate(*asked, "--trust-model", bound).code in (0, 1)
    assert own.result("performance.roc_auc")["outcome"] == "passed"
    assert own.mlgate(*asked).code == 3
    assert own.result("performance.roc_auc")["outcome"] == "errored"


def test_trust_in_another_model_is_shown_and_opens_nothing(own: Desk) -> None:
    """A digest that nobody has, or a part of the right one."""
    other = f"sha256:{'a' * 64}"
    done = own.mlgate("run", "--model", "own.joblib", *NAMED, *CHECKS, "--trust-model", other)
    assert done.code == 1
    assert trust(own) == [{"by": "--trust-model", "model": None, "digest": other, "overrides": []}]
    assert f"no model of this run: {other}, by --trust-model, which overrides nothing" in done.out
    done = own.mlgate("run", "--model", "own.joblib", *NAMED, "--trust-model", "sha256:abc")
    assert (done.code, done.err) == (
        4,
        "mlgate: --trust-model takes a whole digest, sha256: and 64 hexadecimal digits, not 'sha256:abc'. The refusal "
        "to open a model names it; the record has it under candidate.digest.\n",
    )


def test_the_gate_file_s_trust_is_decided_by_the_gate_file(own: Desk, bound: str) -> None:
    """It names its line; a later gate file without it decides otherwise, from the same record."""
    own.gate(GATE.format(terms=f'trust = ["{bound}"]\n'))
    done = own.mlgate("run", *CHECKS)
    assert done.code == 0, done
    assert [each["by"] for each in trust(own)] == ["mlgate.toml:5"]
    (record,) = own.folder.glob(".mlgate/runs/*/record.json")
    assert own.mlgate("decide", str(record)).code == 0
    own.gate(GATE.format(terms=""))
    done = own.mlgate("decide", str(record))
    assert done.code == 1
    assert "security.model_files: 1 finding: 'own.joblib, byte " in done.out


def test_trust_in_the_candidate_is_none_in_the_champion(own: Desk, bound: str) -> None:
    """Each section speaks of its own model; the command line of any."""
    own.gate(GATE.format(terms=f'trust = ["{bound}"]\n').replace("own.joblib", "candidate.joblib"))
    asked = ("run", "--champion", "own.joblib", "--checks", "performance.vs_champion,security.model_files")
    assert own.mlgate(*asked).code == 3
    assert "The model own.joblib stays closed" in own.result("performance.vs_champion")["reason"]
    assert own.result("security.model_files")["outcome"] == "passed"
    own.gate(GATE.format(terms=f'[champion]\ntrust = ["{bound}"]\n').replace("own.joblib", "candidate.joblib"))
    assert own.mlgate(*asked).code in (0, 1, 2)
    assert own.result("performance.vs_champion")["measurement"]["comparison"] is not None
    assert [each["model"] for each in trust(own)] == ["champion"]


def test_code_of_the_model_needs_leave(desk: Desk) -> None:
    """And the leave is told as trust is, and lets nothing else pass."""
    folder = desk / "candidate"
    (folder / "code").mkdir()
    (folder / "code" / "nothing.py").write_text("")
    described = (folder / "MLmodel").read_text().replace("code: null", "code: code", 1)
    (folder / "MLmodel").write_text(described)
    desk.gate(GATE.format(terms="").replace("own.joblib", "candidate"))
    asked = ("run", "--checks", "security.model_files,performance.roc_auc")
    done = desk.mlgate(*asked)
    assert done.code == 1, done
    assert "code of the model's own, which runs when it is opened" in done.out
    (finding,) = desk.result("security.model_files")["findings"]
    assert finding["location"]["file"] == "MLmodel"
    assert described.splitlines()[finding["location"]["line"] - 1].strip() == "code: code"
    desk.gate(GATE.format(terms="allow_code = true\n").replace("own.joblib", "candidate"))
    done = desk.mlgate(*asked)
    assert done.code == 0, done
    assert [(each["by"], each["digest"], len(each["overrides"])) for each in trust(desk)] == [
        ("mlgate.toml:5", None, 1)
    ]
    assert "the candidate's own code, by mlgate.toml:5, in spite of 1 finding" in done.out
    (folder / "extra.pkl").write_bytes(pickle.dumps(print))
    assert desk.mlgate(*asked).code == 1
    assert desk.result("performance.roc_auc")["outcome"] == "errored"


def test_limits_of_the_gate_file_are_told(own: Desk) -> None:
    """And what raises them."""
    own.gate(GATE.format(terms='max_size = "1kB"\n').replace("own.joblib", "candidate"))
    assert own.mlgate("run", *CHECKS).code == 3
    assert "bytes, and may hold 1,000." in own.result("performance.roc_auc")["reason"]
    own.gate(GATE.format(terms="max_files = 2\n").replace("own.joblib", "candidate"))
    assert own.mlgate("run", *CHECKS).code == 3
    assert "The model holds more than 2 files and folders" in own.result("performance.roc_auc")["reason"]


def test_a_draft_says_that_the_model_will_stay_closed(own: Desk, bound: str) -> None:
    """Before anybody runs it; and it reads back."""
    assert own.mlgate("init", "--model", "own.joblib", *NAMED).code == 0
    (line,) = (each for each in (own / "mlgate.toml").read_text().splitlines() if "stays closed" in each)
    assert line.startswith("# The model own.joblib stays closed: 'own.joblib, byte ")
    assert f"--trust-model {bound}" in line
    own.mlgate("run", *CHECKS)
    assert own.result("security.model_files")["outcome"] == "failed"


def test_a_resumed_run_is_of_the_same_trust(own: Desk, bound: str) -> None:
    """What was refused without it would stay refused, and the record would say that it was not needed."""
    own.mlgate("run", "--model", "own.joblib", *NAMED, *CHECKS)
    done = own.mlgate("run", "--model", "own.joblib", *NAMED, *CHECKS, "--resume", "--trust-model", bound)
    assert done.code == 4
    assert "run without --resume" in done.err


def test_pytest_reads_the_gate_file_s_trust(own: Desk, bound: str) -> None:
    """The same road: closed without it, with the same sentence."""

    def tested() -> str:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "mlgate.toml"]
        return subprocess.run(command, cwd=own.folder, capture_output=True, text=True, check=False).stdout

    listed = '[checks."performance.roc_auc"]\nat_least = 0.5\n'
    own.gate(GATE.format(terms=""), listed)
    assert "stays closed: 'own.joblib, byte " in tested()
    own.gate(GATE.format(terms=f'trust = ["{bound}"]\n'), listed)
    assert f"trusted model: the candidate {bound}, by mlgate.toml:5, in spite of 1 finding" in tested()
    assert own.result("performance.roc_auc")["outcome"] == "passed"


def test_a_signed_verdict_says_that_it_rests_on_trust(own: Desk, bound: str) -> None:
    """Whoever verifies it sees it without the record."""
    own.gate(GATE.format(terms=""), OTHERS_LEFT_OUT)
    assert own.mlgate("keygen", "key.pem").code == 0
    done = own.mlgate("run", "--trust-model", bound, "--sign", "key.pem")
    assert done.code == 0, done
    (attestation,) = own.folder.glob(".mlgate/runs/*/attestation.json")
    Path(attestation.parent / "record.json").unlink()
    done = own.mlgate("verify", str(attestation), "--key", "key.pem.pub", "--model", "own.joblib")
    assert done.code == 0, done
    assert "on trust:    candidate (by --trust-model)" in done.lines
