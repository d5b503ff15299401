"""What a gate file demands of the sandbox, and the secrets that a run holds beside a model."""

from __future__ import annotations

import pytest

from mlgate.errors import ModelError
from mlgate.gate.exposure import exposed_secrets, refuse_exposed
from mlgate.gatefile import GateFile
from mlgate.gatefile.values import Promote
from mlgate.results import ModelSubject, Sandbox, SandboxLevel
from mlgate.rules import Policy, Secrets
from mlgate.sandbox.confining import Means
from mlgate.sandbox.environment import SECRETS, environment
from mlgate.sandbox.standing import sandbox_with


def subject(*means: int) -> ModelSubject:
    landlock, seccomp, limits = means
    return ModelSubject("m.pkl", sandbox=sandbox_with(Means(landlock, bool(seccomp), bool(limits))))


@pytest.fixture(autouse=True)
def no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("means", "level", "missing"),
    [
        ((7, 1, 1), "full", ()),
        ((4, 1, 1), "full", ()),
        ((3, 1, 1), "partial", ("truncating files, and TCP (Landlock of ABI 3; 4 is needed)",)),
        ((0, 1, 1), "partial", ("files (no Landlock here)",)),
        ((7, 0, 1), "partial", ("the network, other processes and the kernel (no seccomp here)",)),
        (
            (0, 0, 1),
            "none",
            ("files (no Landlock here)", "the network, other processes and the kernel (no seccomp here)"),
        ),
    ],
)
def test_the_level_says_what_is_missing(means: tuple[int, int, int], level: str, missing: tuple[str, ...]) -> None:
    """Old kernels, containers without Landlock, other systems."""
    assert subject(*means).sandbox == Sandbox(SandboxLevel(level), missing)


def test_a_gate_file_may_demand_a_sandbox() -> None:
    """Less is refused with what is missing; as much, or nothing demanded, is not."""
    full = GateFile(policy=Policy(sandbox=SandboxLevel.FULL))
    refuse_exposed(subject(7, 1, 1), full)
    refuse_exposed(subject(0, 1, 1), GateFile(policy=Policy(sandbox=SandboxLevel.PARTIAL)))
    refuse_exposed(ModelSubject("m:f"), GateFile())
    with pytest.raises(ModelError) as caught:
        refuse_exposed(subject(0, 1, 1), full)
    assert str(caught.value) == (
        'The gate file demands sandbox = "full", and the model m.pkl would be opened with partial, without files '
        "(no Landlock here). A full sandbox needs a model file, and Linux 6.7 or newer with Landlock and seccomp."
    )


def test_secrets_beside_a_model_are_named_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """By name alone, the gate file's own key among them; a full sandbox keeps a model from them."""
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_value")
    monkeypatch.setenv("OUR_KEY", "value")
    gate = GateFile(policy=Policy(secrets=Secrets.REFUSE), promote=Promote(sign="env:OUR_KEY"))
    assert exposed_secrets([subject(7, 1, 1), None], gate) == ()
    assert exposed_secrets([subject(7, 1, 1), subject(0, 1, 1)], gate) == ("GITHUB_TOKEN", "OUR_KEY")
    refuse_exposed(subject(0, 1, 1), GateFile())
    with pytest.raises(ModelError) as caught:
        refuse_exposed(subject(0, 1, 1), gate)
    assert str(caught.value) == (
        "This process holds GITHUB_TOKEN, OUR_KEY, and the model m.pkl would be opened with partial, without files "
        "(no Landlock here). Evaluate in a job without keys and tokens; sign and promote in another."
    )


def test_no_secret_enters_the_environment_of_a_model() -> None:
    """What is not on the list stays outside."""
    given = {**dict.fromkeys(SECRETS, "x"), "OUR_KEY": "x", "HOME": "/home/me", "OMP_NUM_THREADS": "2", "PATH": "/bin"}
    kept = environment("/own", given)
    assert (kept["HOME"], kept["OMP_NUM_THREADS"], kept["PATH"]) == ("/own", "2", "")
    assert not {*SECRETS, "OUR_KEY"} & set(kept)
