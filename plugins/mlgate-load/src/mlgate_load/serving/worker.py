"""The confined half of a server: takes the sandbox on, then opens the model and answers on the socket it was given.

A folder with an MLmodel is served by MLflow's own app, as `mlflow models serve` does; a file by ours. Imports as little
as it can before the confinement.
"""

from __future__ import annotations

import os
import sys
import threading

from mlgate.sandbox.confining import Confinement
from mlgate.sandbox.frames import read_frame
from mlgate_load.serving.watching import end_with_parent

_OF_MLFLOW = "__pyfunc_model_path__"
_MOST = 1 << 20


def main() -> None:
    """Until the supervisor is gone."""
    setup = read_frame(sys.stdin.buffer, _MOST).header
    try:
        Confinement.from_json(setup["confinement"]).take_on()
    except OSError as error:
        sys.exit(f"the server can't be confined as this platform promises: {error}")
    threading.Thread(target=end_with_parent, daemon=True).start()  # one started before would not be confined
    sys.path[:] = setup["path"]
    _serve(setup["model"], setup["socket"])


def _serve(model: str, descriptor: int) -> None:
    import socket

    import uvicorn

    os.environ["MLGATE_SERVED"] = os.environ[_OF_MLFLOW] = model
    is_mlflow = os.path.isfile(os.path.join(model, "MLmodel"))
    app = "mlflow.pyfunc.scoring_server.app:app" if is_mlflow else "mlgate_load.serving.app:app"
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])
