"""`mlgate watch`: judge the model that is in use again, on new rows."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlgate.cli.options import gate_option, keys_option, stated_duration, trust_option

if TYPE_CHECKING:
    from mlgate.watch import Look, Webhook


@click.command()
@click.argument("name")
@click.option("--alias", help="Whose holder is watched; default: [promote] alias.")
@click.option("--on", "rows", metavar="DATA", required=True, help="The new rows, with their labels.")
@click.option("--for", "lasting", metavar="TIME", help="Look again and again, as 24h; default: one look, for cron.")
@click.option("--every", metavar="TIME", default="1h", show_default=True, help="The time between two looks.")
@click.option(
    "--rollback/--no-rollback", default=True, show_default=True, help="On a broken rule, move the alias back."
)
@click.option("--metrics", type=click.Path(path_type=Path), metavar="FILE", help="Write Prometheus' text format.")
@click.option("--webhook", "url", metavar="URL", help="Where to post what was seen, unless it is healthy.")
@click.option("--webhook-secret", metavar="env:NAME", help="What signs the post.")
@trust_option
@keys_option
@gate_option
def watch(
    *,
    name: str,
    alias: str | None,
    rows: str,
    lasting: str | None,
    every: str,
    rollback: bool,
    metrics: Path | None,
    url: str | None,
    webhook_secret: str | None,
    trust: tuple[str, ...],
    keys: tuple[str, ...],
    gate: Path | None,
) -> int:
    """Measure the version of NAME that holds the alias on new rows, by the gate file's rules.

    A broken rule rolls the alias back, as `mlgate rollback` does; a look that could not measure moves nothing. The exit
    code is that of the last look: 0 healthy, 1 a rule is broken, 2 undecided, 3 it could not be measured.
    """
    from mlgate import promotion
    from mlgate.cli.registered import bare_name, desk
    from mlgate.gate import GateRequest
    from mlgate.watch import Metrics, Watch
    from mlgate.watch import watch as looks

    here = desk(gate)
    bare, target = bare_name(name), alias or here.gate.promote.alias
    hook = _webhook(url, webhook_secret)
    written = Metrics(metrics, bare, target) if metrics is not None else None
    asked = Watch(
        name=bare,
        alias=target,
        rows=rows,
        request=GateRequest(gate=gate, trust=trust),
        roll_back=rollback,
        rollback=promotion.Rollback(bare, target, signers=here.signers(keys)),
    )
    code, lost = 0, 0
    for look in looks(
        asked,
        registry=here.registry(name),
        lasting=stated_duration("--for", lasting) if lasting is not None else None,
        every=stated_duration("--every", every),
    ):
        _show(look, bare, target)
        lost += _write(written, look) + _post(hook, bare, target, look)
        code = int(look.exit_code)
    return code or (3 if lost else 0)


def _webhook(url: str | None, secret: str | None) -> Webhook | None:
    from mlgate.errors import UsageError
    from mlgate.watch import Webhook

    if url is None:
        return None
    if secret is None:
        return Webhook(url)
    value = os.environ.get(secret.removeprefix("env:")) if secret.startswith("env:") else None
    if not value:
        raise UsageError(
            "--webhook-secret takes env:NAME, the name of an environment variable that is set.",
            hint="A secret on the command line is seen by everybody on the machine.",
        )
    return Webhook(url, value.encode())


def _show(look: Look, name: str, alias: str) -> None:
    from mlgate.cli.registered import printable

    who = f"{name}@{alias}{f' (version {look.version})' if look.version else ''}"
    click.echo(printable(f"{look.time:%Y-%m-%dT%H:%M:%SZ}  {who}: {look.outcome}"))
    for reason in look.reasons if look.exit_code else ():
        click.echo(printable(f"  {reason}"))
    if look.moved_to is not None:
        click.echo(f"  rolled back to version {look.moved_to}.")
    if look.problem is not None:
        click.echo(printable(f"mlgate: {look.problem}"), err=True)
    sys.stdout.flush()


def _write(metrics: object, look: Look) -> int:
    """1 where the metrics could not be written (it is said, and the look stands)."""
    from mlgate.watch import Metrics

    if not isinstance(metrics, Metrics):
        return 0
    try:
        metrics.write(look)
    except OSError as error:
        click.echo(f"mlgate: the metrics could not be written: {error.strerror}", err=True)
        return 1
    return 0


def _post(hook: Webhook | None, name: str, alias: str, look: Look) -> int:
    """1 where a post was due and nobody took it."""
    from mlgate.cli.registered import printable
    from mlgate.errors import MlgateError
    from mlgate.watch import notify

    if hook is None or look.exit_code == 0:
        return 0
    try:
        notify(hook, name, alias, look)
    except MlgateError as error:
        click.echo(printable(f"mlgate: {error}"), err=True)
        return 1
    return 0
