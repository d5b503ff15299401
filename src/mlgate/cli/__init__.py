"""The command line: a thin face over the use cases."""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

import mlgate

if TYPE_CHECKING:
    from types import FrameType

# Help is drawn from this table, so that `mlgate --help` imports no command.
_COMMANDS = {
    "run": "Measure a model, decide, and leave a record.",
    "decide": "Decide again from a record, with the gate file as it is now.",
    "plan": "Say what a test set can show, before there is any model.",
    "register": "Put a model into the folder registry.",
    "promote": "Move a registry alias to a version that its record allows.",
    "rollback": "Move an alias back to what was lawfully promoted before.",
    "approve": "Sign a verdict, so that it may promote.",
    "history": "Tell what happened to a registered model.",
    "audit": "Check that history, and who holds the aliases.",
    "watch": "Judge the model that is in use again, on new rows.",
    "keygen": "Make a key pair that signs verdicts.",
    "sign": "Sign the verdict of a record.",
    "verify": "Verify a signed verdict, offline.",
    "report": "Draw reports from a record.",
    "diff": "Tell what changed between two records.",
    "trend": "Draw the history of what was measured of a registered model.",
    "checks": "List the checks that are installed.",
    "explain": "Print the page of one check.",
    "plugins": "List the plugins and what they bring.",
    "engines": "List, build and prune the environments of isolated engines.",
    "init": "Write a commented mlgate.toml from a model and its data.",
    "schema": "Print the JSON schema of the gate file, the record or the attestation.",
}


class _Commands(click.Group):
    """Imports a command's module when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(import_module(f"mlgate.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(_unknown(args[0]), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, _COMMANDS, n=1)
    return f"there is no command {name!r}. " + (f"Did you mean {near[0]}?" if near else "`mlgate --help` lists them.")


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(mlgate.__version__, message="mlgate %(version)s")
def cli() -> None:
    """Decide whether an ML model version may be promoted, and prove why.

    \b
    Exit codes: 0 allowed, 1 denied, 2 undecided, 3 a check could not run,
    4 the gate file or the command line is wrong, 5 nothing ran.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with the code of the outcome; a user's mistake is a sentence, no traceback."""
    from mlgate.cli.streams import patient_streams, unsaid

    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:  # and not ignored by whoever started this
        signal.signal(signal.SIGTERM, _terminated)
    with patient_streams() as output:
        code = run_command(arguments)
        if (why := unsaid(output)) is not None:
            code = _complain(f"not all of this could be written to the standard output: {why}.", code or 3)
    sys.exit(code)


class Terminated(KeyboardInterrupt):
    """The system wants this process to end, as CI servers do with a job that was cancelled."""


def _terminated(number: int, frame: FrameType | None) -> None:
    """All that Ctrl-C cleans up is cleaned up."""
    raise Terminated


def run_command(arguments: list[str] | None) -> int:
    """The exit code of one command line."""
    try:
        result = cli.main(arguments, prog_name="mlgate", standalone_mode=False)
    except click.exceptions.Abort as end:
        click.echo("mlgate: interrupted.", err=True)
        return 128 + (signal.SIGTERM if isinstance(end.__cause__, Terminated) else signal.SIGINT)
    except click.ClickException as error:
        return _complain(error.format_message(), 4)
    except Exception as error:
        from mlgate.errors import MlgateError

        if isinstance(error, MlgateError):
            return _complain(str(error), int(error.exit_code))
        return _confess(error)
    return result if isinstance(result, int) else 0


def _complain(message: str, code: int) -> int:
    from mlgate.reports.terminal import harmless_lines  # what is told may be a stranger's word: a record's, a model's

    for line in harmless_lines(message).splitlines():
        click.echo(f"mlgate: {line}", err=True)
    return code


def _confess(error: Exception) -> int:
    """A defect of ours: the traceback is for the report; the exit code says that nothing was decided."""
    from traceback import format_exception

    from mlgate.reports.terminal import harmless_lines

    click.echo(harmless_lines("".join(format_exception(error))), err=True)
    return _complain("this is a defect of mlgate, not yours; nothing was decided. Please report the lines above.", 3)
