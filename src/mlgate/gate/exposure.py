"""What a model could reach: the sandbox that the gate file demands, and the secrets that this process holds."""

from __future__ import annotations

import os
from collections.abc import Iterable

from mlgate.errors import ModelError
from mlgate.gatefile import GateFile
from mlgate.reports.phrases import confinement
from mlgate.results import ModelSubject, SandboxLevel
from mlgate.rules import Secrets
from mlgate.sandbox.environment import secrets_in

_STRENGTH = {SandboxLevel.NONE: 0, SandboxLevel.PARTIAL: 1, SandboxLevel.FULL: 2}


def exposed_secrets(models: Iterable[ModelSubject | None], gate: GateFile) -> tuple[str, ...]:
    """The names of this process's variables with keys and tokens, where one of the models has no full sandbox."""
    confined = all(_level(model) is SandboxLevel.FULL for model in models if model is not None)
    return () if confined else secrets_in(os.environ, gate.promote.sign)


def refuse_exposed(model: ModelSubject, gate: GateFile) -> None:
    """Raise `ModelError` where the gate file forbids to open this model here."""
    demanded, level = gate.policy.sandbox, _level(model)
    if _STRENGTH[level] < _STRENGTH[demanded]:
        raise ModelError(
            f'The gate file demands sandbox = "{demanded}", and the model {model.uri} would be opened with '
            f"{confinement(model.sandbox)}.",
            hint="A full sandbox needs a model file, and Linux 6.7 or newer with Landlock and seccomp.",
        )
    secrets = exposed_secrets([model], gate)
    if secrets and gate.policy.secrets is Secrets.REFUSE:
        raise ModelError(
            f"This process holds {', '.join(secrets)}, and the model {model.uri} would be opened with "
            f"{confinement(model.sandbox)}.",
            hint="Evaluate in a job without keys and tokens; sign and promote in another.",
        )


def _level(model: ModelSubject | None) -> SandboxLevel:
    return model.sandbox.level if model is not None and model.sandbox is not None else SandboxLevel.NONE
