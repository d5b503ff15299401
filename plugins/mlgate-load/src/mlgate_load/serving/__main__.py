"""`python -m mlgate_load.serving MODEL PORT WORKERS`: serve one model on loopback until the gate is gone.

A folder with an MLmodel is served by MLflow's own app, as `mlflow models serve` does; a file by ours.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from mlgate_load.serving.watching import end_with_parent

_OF_MLFLOW = "__pyfunc_model_path__"
_PATIENCE = 120  # seconds: a worker that imports a heavy stack on a busy machine is not dead


def main(model: str, port: str, workers: str) -> None:
    """Until the end of the standard input, or of the server."""
    import uvicorn

    threading.Thread(target=end_with_parent, daemon=True).start()
    os.environ["MLGATE_SERVED"] = model
    os.environ[_OF_MLFLOW] = model
    sys.dont_write_bytecode = True
    is_mlflow = (Path(model) / "MLmodel").is_file()
    app = "mlflow.pyfunc.scoring_server.app:app" if is_mlflow else "mlgate_load.serving.app:app"
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(port),
        workers=int(workers),
        log_level="warning",
        access_log=False,
        timeout_worker_healthcheck=_PATIENCE,
    )


if __name__ == "__main__":  # uvicorn's workers import this module again
    main(*sys.argv[1:])
