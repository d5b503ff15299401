"""What may not be done to a protected model, asked under the lock on its row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mlgate import AttestationRefused, unseal_authorization, verify
from mlgate_mlflow_guard import reading
from mlgate_mlflow_guard.configuration import Configuration
from mlgate_mlflow_guard.policy import reserved
from mlgate_mlflow_guard.reading import ATTESTATION, AUTHORIZATION, Place
from mlgate_mlflow_guard.refusing import Code, Refused, Rule
from mlgate_mlflow_guard.showing import ENTRY, GUARD

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_EVIDENCE = re.compile(r"mlgate\.(authorization|attestation|approval-.*|record-(uri|digest))")
_RECORD_URI, _RECORD_DIGEST = "mlgate.record-uri", "mlgate.record-digest"
_KEPT_RECORD = re.compile(r"runs:/[0-9a-f]{32}/record\.json")


def refuse_reserved(name: str | None, tags: Iterable[str] = ()) -> None:
    """Raises `Refused` for a name or a tag that only the guard writes."""
    if name is not None and reserved(name):
        raise Refused(Rule.RESERVED, f"{name!r} is where the ledger is shown.", "Take another name.", Code.INVALID)
    for key in tags:
        if key.strip().casefold() in (GUARD, ENTRY):
            raise Refused(Rule.RESERVED, f"the tag {key!r} is the guard's own.", "Take another name.", Code.INVALID)


class Keeper:
    """Says no to what would retarget a protected alias without moving it."""

    def __init__(self, configuration: Configuration) -> None:
        self._policy = configuration.policy
        self._configuration = configuration

    def spelling(self, name: str, alias: str) -> None:
        """Raises `Refused` for an alias that nobody could tell from a protected one."""
        if self._policy.misspelt(name, alias):
            raise Refused(
                Rule.SPELLING,
                f"{alias!r} could be taken for a protected alias of {name}.",
                "Aliases of a protected model are ASCII letters, digits, - and _, in the case of the configuration.",
                Code.INVALID,
            )

    def clearing(self, name: str, alias: str) -> None:
        """Raises `Refused` where a protected alias is to be taken away."""
        if self._policy.demand(name, alias) is not None and not self._policy.misspelt(name, alias):
            raise Refused(
                Rule.ALIAS,
                f"{name}@{alias} is protected, and nobody takes it away.",
                f"Promote another version, or go back: `mlgate rollback {name} --alias {alias}`.",
            )

    def deleting_version(self, session: Session, place: Place, number: int) -> None:
        """Raises `Refused` where the version holds what is protected."""
        held = self._held(session, place, number)
        stored = reading.version_of(session, place, number)
        if held:
            raise Refused(
                Rule.HOLDER,
                f"version {number} of {place.name} holds {', '.join(held)}, which is protected.",
                f"Promote another version, or go back: `mlgate rollback {place.name} --alias {held[0]}`.",
            )
        if stored is not None and self._policy.stage(place.name, stored.stage):
            raise self._no_stage(place, stored.stage)

    def deleting_model(self, session: Session, place: Place) -> None:
        """Raises `Refused` where the model has what is protected."""
        held = self._policy.protected(place.name, reading.aliases(session, place))
        if held:
            raise Refused(
                Rule.HOLDER,
                f"{place.name} has {', '.join(held)}, which is protected.",
                "Whoever may change the guard's configuration may take the model out of it.",
            )
        for stage in sorted(reading.stages(session, place)):
            if self._policy.stage(place.name, stage):
                raise self._no_stage(place, stage)

    def renaming(self, session: Session, place: Place, new: str) -> None:
        """Raises `Refused` where a protected alias or stage would come, or go, with the name."""
        held = reading.aliases(session, place)
        for name in (place.name, new):
            found = self._policy.protected(name, held)
            if found:
                raise Refused(
                    Rule.NAME,
                    f"{place.name} holds {', '.join(found)}, which is protected for {name}: with the name it would "
                    "move.",
                    f"Register the version under {new} and promote it there.",
                )
        for stage in sorted(reading.stages(session, place)):
            if self._policy.stage(place.name, stage) or self._policy.stage(new, stage):
                raise self._no_stage(place, stage)

    def staging(self, session: Session, place: Place, number: int, stage: str) -> None:
        """Raises `Refused` where a protected stage is entered or left."""
        stored = reading.version_of(session, place, number)
        for each in (stage, *([stored.stage] if stored is not None else [])):
            if self._policy.stage(place.name, each):
                raise self._no_stage(place, each)

    def tagging(self, session: Session, place: Place, number: int, key: str, value: str) -> None:
        """Raises `Refused` for forged evidence: an authorization always, the rest on a version in use."""
        if key == AUTHORIZATION:
            self._signed(f"{place.name} {number}", key, value)
        elif _EVIDENCE.fullmatch(key) and self._held(session, place, number):
            if key == ATTESTATION:
                self._signed(f"{place.name} {number}", key, value)
            elif not self._is_of_signed(session, place, number, (key, value)):
                raise self._kept(place, number, key)

    def untagging(self, session: Session, place: Place, number: int, key: str) -> None:
        """Raises `Refused` where the evidence of a version in use would be lost."""
        if _EVIDENCE.fullmatch(key) and self._held(session, place, number):
            raise self._kept(place, number, key)

    def _signed(self, called: str, key: str, value: str) -> None:
        try:
            if key == AUTHORIZATION:
                unseal_authorization(value.encode(), self._configuration.keys)
            else:
                verify(value.encode(), self._configuration.attestation_keys)
        except AttestationRefused as error:
            raise Refused(
                Rule.EVIDENCE,
                f"what was to be the tag {key} of version {called} is not signed by a key of the configuration: "
                f"{error.message}",
                "`mlgate promote` writes it with --key.",
            ) from error

    def _is_of_signed(self, session: Session, place: Place, number: int, tag: tuple[str, str]) -> bool:
        """Whether the tag (key, value) tells the record that the version's signed verdict is about.

        So a version in use can be judged again: the signed verdict comes first, and its record follows it.
        """
        signed = reading.tag(session, place, str(number), ATTESTATION)
        try:
            found = verify((signed or "").encode(), self._configuration.attestation_keys)
        except AttestationRefused:
            return False
        record = (found.input("record") or {}).get("sha256")
        key, value = tag
        if key == _RECORD_DIGEST:
            return value == f"sha256:{record}"
        return key == _RECORD_URI and record is not None and _KEPT_RECORD.fullmatch(value) is not None

    def _held(self, session: Session, place: Place, number: int) -> list[str]:
        held = [alias for alias, version in reading.aliases(session, place).items() if version == number]
        return self._policy.protected(place.name, held)

    def _kept(self, place: Place, number: int, key: str) -> Refused:
        return Refused(
            Rule.EVIDENCE,
            f"the tag {key} says why version {number} of {place.name} holds what is protected.",
            "A verdict that is signed replaces it, by a key of attestation_keys: `mlgate run --sign KEY`.",
        )

    def _no_stage(self, place: Place, stage: str) -> Refused:
        return Refused(
            Rule.STAGE,
            f"the stage {stage} of {place.name} is protected, and no authorization speaks of stages.",
            f"Use an alias: `mlgate promote models:/{place.name}/VERSION --to ALIAS`.",
        )
