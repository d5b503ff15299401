"""Moves of an alias: compared and set as well as the server can, and an outcome that is known, or said not to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mlgate import AliasMoved, Event, Move, OutcomeUnknown, PromotionRefused, RegisteredVersion, RegistryError
from mlgate_mlflow import guard, ledger
from mlgate_mlflow.client import answering, client
from mlgate_mlflow.uris import version_uri
from mlgate_mlflow.versions import find_version, registered_model


def holder(name: str, alias: str) -> RegisteredVersion | None:
    """Who holds `alias`; None where nobody does. A model that does not exist has no holders either."""
    with answering(f"MLflow's registry does not say who holds {name}@{alias}"):
        model = registered_model(name)
        version = model.aliases.get(alias) if model is not None else None
        return None if version is None else find_version(version_uri(name, str(version)))


def guarded(move: Move, authorization: bytes | None) -> None:
    """Hand the authorization to the guard, and ask once: it compares, sets and writes down in one transaction."""
    version = move.version
    if authorization is None:
        raise PromotionRefused(
            f"{version.name} is guarded by its server, which compares and writes down signed moves alone.",
            hint='Name your key: --key, or `sign = "env:NAME"` under [promote].',
        )
    before = holder(version.name, move.alias)
    if before not in (move.expected, version):
        raise _moved(move, before)  # the guard would say so too, and a file need not be digested for it
    with answering(f"The authorization can't be handed to the guard of {version.name}"):
        _asked(move, lambda: _set_tag(version, guard.AUTHORIZATION, authorization.decode()))
    _set(move, patient=True)  # the guard digests the files before it answers
    _refuse_uncounted(move)


def stock(move: Move, event: Event) -> None:
    """Look, set, look again, write down; take it back where the ledger shows that somebody else was first.

    MLflow has no compare-and-set: a move between our look and our write, by somebody who does not use mlgate, is
    overwritten unseen.
    """
    version = move.version
    if find_version(version.uri) != version:
        raise PromotionRefused(
            f"{version.uri} was deleted and made again meanwhile.",
            hint=f"Judge it: `mlgate run --model {version.uri}`.",
        )
    before = holder(version.name, move.alias)
    if before != move.expected:
        raise _moved(move, before)
    _undisturbed(move)
    if before != version:
        _set(move)
    else:  # set before, and not written down: it came from where the ledger left it
        event = replace(event, moved_from=_left_at(move))
    with answering(f"{version.name}@{move.alias} was set to version {version.version}, but it can't be written down"):
        ledger.write(replace(event, generation=move.generation + 1), lambda: _first(move))


def _left_at(move: Move) -> str | None:
    with answering(f"The ledger of {move.version.name} can't be read"):
        last = ledger.last_move(move.version.name, move.alias)
        return None if last is None else last.version


def _set(move: Move, *, patient: bool = False) -> None:
    """Set the alias and read it back. A lost answer is no failure: the alias tells what became of it."""
    version = move.version
    name, alias = version.name, move.alias
    lost: RegistryError | None = None
    try:
        with answering(f"The alias {name}@{alias} can't be set", patient=patient):
            _asked(move, lambda: client().set_registered_model_alias(name, alias, version.version))
    except RegistryError as error:
        lost = error
    try:
        after = holder(name, alias)
    except RegistryError as error:
        raise OutcomeUnknown(
            f"{name}@{alias} was to be set to version {version.version}, and whether it was is not known: "
            f"{error.message}",
            hint=f"Find out with `mlgate history {name}`; promoting once more is safe. {error.hint}",
        ) from error
    if after == version:
        return
    if lost is not None:
        raise lost
    raise _moved(move, after)


def _refuse_uncounted(move: Move) -> None:
    """Raises `RegistryError` where the guard did not count the move: then nothing compared before it set."""
    name = move.version.name
    with answering(f"MLflow's registry does not say how often {name}@{move.alias} has moved"):
        guarded_by = guard.guard_of(name)
    if guarded_by is None or guarded_by.generations.get(move.alias, 0) <= move.generation:
        raise RegistryError(
            f"{name}@{move.alias} was set to version {move.version.version}, but the guard of {name} did not count the "
            "move.",
            hint=f"Promote it again. If that says the same, no guard wrote the tag {guard.TAG} of it: take that away.",
        )


def _undisturbed(move: Move) -> None:
    with answering(f"The ledger of {move.version.name} can't be read"):
        if ledger.generation(move.version.name, move.alias) != move.generation:
            raise _moved(move, holder(move.version.name, move.alias))


def _first(move: Move) -> None:
    """Raises `AliasMoved`, with the alias back where the first one's move put it, where another move stands there."""
    name, alias = move.version.name, move.alias
    if ledger.generation(name, alias) == move.generation:
        return
    first = ledger.last_move(name, alias)
    if first is not None and first.version is not None and holder(name, alias) == move.version:
        client().set_registered_model_alias(name, alias, first.version)
    raise _moved(move, holder(name, alias))


def _moved(move: Move, held_by: RegisteredVersion | None) -> AliasMoved:
    return AliasMoved(move.version.name, move.alias, held_by.version if held_by else None, move.version.uri)


def _set_tag(version: RegisteredVersion, key: str, value: str) -> None:
    client().set_model_version_tag(version.name, version.version, key, value)


def _asked(move: Move, ask: Callable[[], object]) -> None:
    """Ask for a write; a guard's no is a refusal, and not an error of the registry."""
    from mlflow.exceptions import MlflowException

    try:
        ask()
    except MlflowException as error:
        if guard.is_conflict(error):
            raise _moved(move, holder(move.version.name, move.alias)) from error
        refused = guard.refusal(error)
        if refused is not None:
            raise refused from error
        raise


def cleared(name: str, alias: str, expected: RegisteredVersion, event: Event) -> None:
    """Take the alias away if `expected` holds it, and write it down."""
    held_by = holder(name, alias)
    if held_by != expected:
        raise AliasMoved(name, alias, held_by.version if held_by else None, expected.uri)
    with answering(f"The alias {name}@{alias} can't be taken away"):
        client().delete_registered_model_alias(name, alias)
        if guard.guard_of(name) is None:
            ledger.write(replace(event, generation=ledger.generation(name, alias) + 1))
