"""The error tree and the exit codes: every refusal is a sentence for the person who must act."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the process tells its caller. Warnings never change it."""

    ALLOWED = 0
    DENIED = 1
    UNDECIDED = 2
    COULD_NOT_RUN = 3
    MISCONFIGURED = 4
    NOTHING_RAN = 5


class MlgateError(Exception):
    """Something a person can mend: what is wrong, where it stands, and the way out.

    `message` is one sentence without a trailing hint; `hint` says what to do; `where` is `file:line`.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.COULD_NOT_RUN

    def __init__(self, message: str, *, hint: str | None = None, where: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        way_out = f" {self.hint}" if self.hint else ""
        return f"{place}{self.message}{way_out}"


class UsageError(MlgateError):
    """The command line or the gate file is wrong: nothing was measured."""

    exit_code = ExitCode.MISCONFIGURED


class GateFileError(UsageError):
    """Every mistake of one gate file, spoken at once."""

    def __init__(self, problems: tuple[UsageError, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class PluginError(MlgateError):
    """A plugin that does not load, or two that claim one name: a gate with a hole in it is not a gate."""


class DataError(MlgateError):
    """A table that can't be read, or that lacks what the gate file names."""


class ModelError(MlgateError):
    """A model that can't be found, opened or asked for predictions."""


class ModelClosed(ModelError):
    """A model that is not opened, for what was found in its files."""


class UnusableAnswer(ModelError):
    """A model that answered with what is none: NaN, infinity, nothing, or another number of rows than it got."""


class RegistryError(MlgateError):
    """A model registry that can't be reached or does not answer as expected."""


class RecordError(MlgateError):
    """A record that is truncated, foreign or of an unknown schema."""


class CheckError(MlgateError):
    """A check that has to run, and can't, for a reason that its author foresaw."""


class EngineError(CheckError):
    """An engine that can't be built or used: its checks are errored, and nothing else is."""


class NotApplicable(MlgateError):
    """This check has nothing to measure here (another task, no champion): it is skipped, with this reason."""


class NoChampion(NotApplicable):
    """There is no champion to compare with: what that does is the policy's `bootstrap`."""


class PromotionRefused(MlgateError):
    """The one reason why an alias was not moved."""

    exit_code = ExitCode.DENIED


class AliasMoved(PromotionRefused):
    """Somebody else moved the alias between our look and our move. `holder` is the version that holds it now."""

    def __init__(self, name: str, alias: str, holder: str | None, uri: str) -> None:
        super().__init__(
            f"{name}@{alias} was moved by somebody else meanwhile: it is held by "
            f"{f'version {holder}' if holder is not None else 'nobody'}.",
            hint=f"Compare with that one: `mlgate run --model {uri}`.",
        )


class OutcomeUnknown(RegistryError):
    """A write whose answer was lost: it may have happened. The hint is the command that finds out."""


class AttestationRefused(MlgateError):
    """The one reason why a signed statement proves nothing here."""

    exit_code = ExitCode.DENIED
