"""Which variables a confined process gets, and which of the gate's own are secrets."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping

_KEPT = (
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "LD_LIBRARY_PATH",
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION",
    "PYTHONHASHSEED",
    "SYSTEMROOT",
    "TZ",
)
_KEPT_BY_ENDING = "_NUM_THREADS"  # of OpenMP, OpenBLAS, MKL, polars
_SET = {
    "GIT_PYTHON_REFRESH": "quiet",
    "JOBLIB_MULTIPROCESSING": "0",  # no process can be started, so nothing should try
    "LOGNAME": "model",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "PATH": "",
    "USER": "model",
}
SECRETS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AZURE_CLIENT_SECRET",
    "AZURE_STORAGE_ACCESS_KEY",
    "AZURE_STORAGE_CONNECTION_STRING",
    "AZURE_STORAGE_SAS_TOKEN",
    "CI_JOB_TOKEN",
    "DATABRICKS_CLIENT_SECRET",
    "DATABRICKS_PASSWORD",
    "DATABRICKS_TOKEN",
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "GITLAB_TOKEN",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_APPLICATION_CREDENTIALS_JSON",
    "HF_TOKEN",
    "HUGGING_FACE_HUB_TOKEN",
    "MLFLOW_TRACKING_PASSWORD",
    "MLFLOW_TRACKING_TOKEN",
    "MLGATE_SIGNING_KEY",
    "SYSTEM_ACCESSTOKEN",
    "WANDB_API_KEY",
)
"""Variables that sign a verdict, or let their holder write to a registry, a store of models or a repository."""

_OF_GATE_FILE = re.compile(r"env:(\w+)")


def environment(own: str, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a confined process gets of `given` (this process's variables); its home is the folder `own`."""
    all_of_them = os.environ if given is None else given
    kept = {name: value for name, value in all_of_them.items() if name in _KEPT or name.endswith(_KEPT_BY_ENDING)}
    return {**kept, **_SET, **dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), own)}


def secrets_in(given: Mapping[str, str], sign: str | None = None) -> tuple[str, ...]:
    """The names of the variables in `given` that hold secrets, sorted; `sign` is the gate file's word for its key."""
    stated = _OF_GATE_FILE.fullmatch(sign or "")
    names: Collection[str] = {*SECRETS, *([stated[1]] if stated else [])}
    return tuple(sorted(name for name in names if given.get(name)))
