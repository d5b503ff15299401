"""An Airflow 3 DAG that retrains, judges and promotes. The gate is one command; its exit code fails the task.

Put it into the dags folder; mlgate and the model's packages are in the worker's environment. Airflow's templates are
left out of the commands: a run's configuration is somebody's text.
"""

from __future__ import annotations

from datetime import datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

PROJECT = "/srv/credit-risk"  # holds mlgate.toml
RECORD = "record.json"

with DAG(
    dag_id="credit_risk",
    schedule="@weekly",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
) as dag:
    train = BashOperator(task_id="train", bash_command="python train.py", cwd=PROJECT)
    # Not tried again: a verdict does not become another one by asking twice.
    judge = BashOperator(
        task_id="judge", bash_command=f"mlgate run --report json={RECORD}", cwd=PROJECT, retries=0, append_env=True
    )
    # Tried again if an answer was lost: a promotion that happened succeeds the second time too.
    promote = BashOperator(
        task_id="promote",
        bash_command=f"""
            uri=$(python -c 'import json; print(json.load(open("{RECORD}"))["candidate"]["uri"])')
            mlgate promote --record {RECORD} -- "$uri"
        """,
        cwd=PROJECT,
        retries=2,
        append_env=True,
    )
    train >> judge >> promote
