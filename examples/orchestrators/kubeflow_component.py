"""A Kubeflow Pipelines component that judges a model and a pipeline that promotes it if the verdict is `allowed`.

kfp dsl compile --py kubeflow_component.py --output pipeline.yaml
"""

from typing import NamedTuple

from kfp import dsl

IMAGE = "registry.example/credit-risk:pinned"  # mlgate, the model's packages, and /project with mlgate.toml


class Judged(NamedTuple):
    """What the next component wants to know."""

    verdict: str
    model: str


@dsl.component(base_image=IMAGE, install_kfp_package=False)
def judge(model: str, record: dsl.Output[dsl.Artifact]) -> NamedTuple("Judged", verdict=str, model=str):  # type: ignore[valid-type]
    """Run the command. A denial is an answer (exit codes 1 and 2); anything else that is not 0 fails the step."""
    import json
    import subprocess
    from collections import namedtuple

    command = ["mlgate", "run", f"--model={model}", f"--report=json={record.path}"]
    done = subprocess.run(command, cwd="/project", check=False)
    if done.returncode not in (0, 1, 2):
        raise SystemExit(done.returncode)
    with open(record.path, encoding="utf-8") as file:
        told = json.load(file)
    return namedtuple("Judged", "verdict model")(told["verdict"]["decision"], told["candidate"]["uri"])


@dsl.component(base_image=IMAGE, install_kfp_package=False)
def promote(model: str, alias: str, record: dsl.Input[dsl.Artifact]) -> None:
    """Move the alias. The command looks at all of it again."""
    import subprocess

    command = ["mlgate", "promote", f"--to={alias}", f"--record={record.path}", "--", model]
    subprocess.run(command, cwd="/project", check=True)


@dsl.pipeline(name="credit-risk-gate")
def gate(model: str = "models:/credit-risk@challenger", alias: str = "champion") -> None:
    """Promote what is allowed; a verdict is never cached by the pipeline."""
    judged = judge(model=model)
    judged.set_caching_options(False)
    with dsl.If(judged.outputs["verdict"] == "allowed"):
        promoted = promote(model=judged.outputs["model"], alias=alias, record=judged.outputs["record"])
        promoted.set_caching_options(False)
