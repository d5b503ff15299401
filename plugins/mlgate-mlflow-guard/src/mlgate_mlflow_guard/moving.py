"""One move of a protected alias: everything is looked at again, then alias, count, nonce and entry change together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlgate import (
    AttestationRefused,
    Authorization,
    AuthorizationKind,
    Event,
    EventKind,
    Expected,
    Move,
    RegisteredVersion,
    unseal_authorization,
)
from mlgate_mlflow_guard import books, evidence, reading
from mlgate_mlflow_guard.actors import actor
from mlgate_mlflow_guard.configuration import Configuration
from mlgate_mlflow_guard.files import Files, Reader
from mlgate_mlflow_guard.policy import Demand
from mlgate_mlflow_guard.reading import ATTESTATION, AUTHORIZATION, Place, Stored
from mlgate_mlflow_guard.refusing import Code, Refused, Rule
from mlgate_mlflow_guard.sessions import Sessions
from mlgate_mlflow_guard.tables import registry_id

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_KINDS = {
    AuthorizationKind.PROMOTION: EventKind.PROMOTION,
    AuthorizationKind.ROLLBACK: EventKind.ROLLBACK,
    AuthorizationKind.BREAK_GLASS: EventKind.BREAK_GLASS,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for, and what the configuration demands for it."""

    place: Place
    alias: str
    number: int
    workspace: str | None
    demand: Demand


@dataclass(frozen=True, slots=True)
class _Sight:
    """What the database says at one moment."""

    stored: Stored
    move: Move
    authorization: str | None
    attestation: str | None

    @property
    def done(self) -> bool:
        return self.move.expected == self.move.version


class Mover:
    """Moves protected aliases."""

    def __init__(self, sessions: Sessions, configuration: Configuration) -> None:
        self._sessions = sessions
        self._configuration = configuration
        self._reader = Reader(configuration.limits)

    def move(self, asked: Asked, set_it: Callable[[], None]) -> None:
        """Let MLflow's own `set_it` happen if a signed authorization allows exactly this move. Raises `Refused`.

        A move that was finished before is one that succeeds; one that was signed for the holder itself is written down,
        as the first of a model that had an alias before it had a guard. The files are read before the lock is taken,
        for that can take a minute; everything else is read again under it.
        """
        with self._sessions.begin() as session:
            before = self._look(session, asked)
            if before.done and not self._signed(session, before, asked.demand, holder=True):
                return
        found = self._authorized(before, asked.demand)
        with self._sessions.begin() as session:
            _refuse_other(found, before.move, spent=books.spent(session, found.nonce))
        evidence.refuse_kind(found, asked.demand, before.move)
        files = self._reader.read(before.stored.location, before.move.version.uri)
        with self._sessions.locked(asked.place.workspace, asked.place.name) as session:
            now = self._look(session, asked)
            if now.done and not self._signed(session, now, asked.demand, holder=True):
                return
            self._decide(session, asked, found, (before, now), files)
            set_it()
            books.write(session, asked.place, _event(found, now.move, files, before.authorization or ""))

    def is_signed(self, asked: Asked) -> bool:
        """Whether the version bears an unused authorization for this alias, whoever holds that by now."""
        with self._sessions.begin() as session:
            try:
                sight = self._look(session, asked)
            except Refused:
                return False
            return self._signed(session, sight, asked.demand)

    def _signed(self, session: Session, sight: _Sight, demand: Demand, *, holder: bool = False) -> bool:
        """`holder`: whether the one that was signed for has to hold the alias still."""
        try:
            found = self._authorized(sight, demand)
            move = sight.move if holder else _as_signed(found, sight.move)
            found.examine(move, spent=books.spent(session, found.nonce))
        except (Refused, AttestationRefused):
            return False
        return True

    def _look(self, session: Session, asked: Asked) -> _Sight:
        place = asked.place
        stored = reading.version_of(session, place, asked.number)
        if stored is None:
            raise Refused(
                Rule.AUTHORIZATION,
                f"there is no version {asked.number} of {place.name}.",
                f"`mlgate history {place.name}` shows what was.",
                Code.INVALID,
            )
        holder = reading.aliases(session, place).get(asked.alias)
        held_by = None if holder is None else reading.version_of(session, place, holder)
        move = Move(
            version=stored.version,
            alias=asked.alias,
            expected=held_by.version if held_by is not None else None,
            generation=books.generation(session, place, asked.alias),
            registry=registry_id(session),
            workspace=asked.workspace,
        )
        number = stored.version.version
        return _Sight(
            stored,
            move,
            reading.tag(session, place, number, AUTHORIZATION),
            reading.tag(session, place, number, ATTESTATION),
        )

    def _authorized(self, sight: _Sight, demand: Demand) -> Authorization:
        move = sight.move
        if sight.authorization is None:
            raise Refused(
                Rule.ALIAS,
                f"{move.version.name}@{move.alias} moves for a signed authorization alone, and version "
                f"{move.version.version} has none.",
                f"`mlgate promote {move.version.uri} --to {move.alias} --key KEY` makes one.",
            )
        try:
            return unseal_authorization(sight.authorization.encode(), self._configuration.keys, demand.threshold)
        except AttestationRefused as error:
            raise _unauthorized(move, error) from error

    def _decide(
        self, session: Session, asked: Asked, found: Authorization, sights: tuple[_Sight, _Sight], files: Files
    ) -> None:
        """Everything that can't be decided before the lock."""
        before, now = sights
        if before.stored != now.stored:
            raise Refused(
                Rule.FILES, f"{now.move.version.uri} was changed meanwhile.", "Promote it again.", Code.CONFLICT
            )
        _refuse_other(found, now.move, files.digest, books.spent(session, found.nonce))
        if found.kind is AuthorizationKind.ROLLBACK:
            named = found.evidence.get("entry", "").removeprefix("sha256:")
            entry = books.entry_of(session, asked.place, named)
            evidence.demand_history(now.move, entry, books.began_with(session, asked.place, asked.alias), files)
        elif found.kind is AuthorizationKind.PROMOTION and asked.demand.require_attestation:
            expected = Expected(model=files.manifest, max_age=asked.demand.max_age)
            keys = self._configuration.attestation_keys
            verdict = evidence.demand_verdict(found, now.move, now.attestation, keys, expected)
            version = now.move.version
            evidence.demand_last(verdict, version, books.verdicts(session, asked.place, version.version))


def _refuse_other(
    found: Authorization, move: Move, digest: str | None = None, spent: frozenset[str] = frozenset()
) -> None:
    """Raises `Refused` where the authorization is for another move; 409 where only the holder is another by now."""
    try:
        found.examine(_as_signed(found, move), digest=digest, spent=spent)
    except AttestationRefused as error:
        raise _unauthorized(move, error) from error
    try:
        found.examine(move, digest=digest, spent=spent)
    except AttestationRefused as error:
        raise _unauthorized(move, error, Rule.HOLDER, Code.CONFLICT) from error


def _as_signed(found: Authorization, move: Move) -> Move:
    """The move with the holder and the count that were signed: what else is wrong shows first."""
    signed = found.predicate["expected"]
    expected = (
        None
        if signed is None
        else RegisteredVersion(move.version.name, signed["version"], move.version.uri, signed["created"])
    )
    return replace(move, expected=expected, generation=found.predicate["generation"])


def _unauthorized(
    move: Move, error: AttestationRefused, rule: Rule = Rule.AUTHORIZATION, code: Code = Code.FORBIDDEN
) -> Refused:
    way_out = error.hint or f"`mlgate promote {move.version.uri} --to {move.alias} --key KEY` makes another."
    return Refused(rule, f"the authorization on {move.version.uri} is not for this: {error.message}", way_out, code)


def _event(found: Authorization, move: Move, files: Files, envelope: str) -> Event:
    return Event(
        kind=_KINDS[found.kind],
        time=books.now(),
        registry=move.registry,
        workspace=move.workspace,
        model=move.version.name,
        actor=actor(found.actor),
        alias=move.alias,
        version=move.version.version,
        created=move.version.created,
        moved_from=move.expected.version if move.expected else None,
        generation=move.generation + 1,
        digests={
            **found.evidence,
            "model": files.digest,
            "authorization": evidence.sha256(envelope),
        },
        reason=found.reason,
        nonce=found.nonce,
        cas=True,
    )
