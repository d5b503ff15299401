"""The registry: approval is what moves, the ledger in S3 says who moved it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlgate import Event, Move, ObjectRegistry, RegistryError
from mlgate_sagemaker.service import APPROVED, Sagemaker
from mlgate_sagemaker.store import S3Store


class SagemakerRegistry(ObjectRegistry):
    """Model package groups of one account and region.

    A group has one slot: approval. Its alias is the one that the ledger moves. SageMaker lets several packages be
    approved at once; a move leaves one.
    """

    def __init__(self) -> None:
        super().__init__(Sagemaker(), S3Store())

    def holders(self, name: str, alias: str) -> Sequence[str]:
        """Who is approved, where approval stands for `alias` or for nothing yet."""
        return super().holders(name, APPROVED) if self._alias(name) in (None, alias) else ()

    def aliases(self, name: str) -> Mapping[str, str]:
        """The alias that approval stands for, and its holder."""
        alias = self._alias(name)
        holder = None if alias is None else self.holder(name, alias)
        return {} if alias is None or holder is None else {alias: holder.version}

    def set_alias(self, move: Move, event: Event, authorization: bytes | None) -> None:
        """Write the move down where its place in the ledger is free, then approve the version and no other."""
        alias = self._alias(move.version.name)
        if alias not in (None, move.alias):
            raise RegistryError(
                f"Approval in {move.version.name} stands for {alias}, and a group has one.",
                hint=f"Promote to {alias}.",
            )
        super().set_alias(move, event, authorization)

    def _alias(self, name: str) -> str | None:
        last = self.ledger.last_move(name)
        return None if last is None else last.alias
