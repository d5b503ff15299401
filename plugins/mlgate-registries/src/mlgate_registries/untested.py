"""The label: whoever uses one of these registries is told that nobody ran it against the real service."""

from __future__ import annotations

import warnings

from mlgate import Capabilities, ObjectRegistry


class UntestedWarning(UserWarning):
    """The adapter was written from documentation, and tested on a fake that behaves as documented."""


class UntestedRegistry(ObjectRegistry):
    """A registry that says so, once in a process and by the name that stands in every entry of the ledger."""

    def capabilities(self, name: str) -> Capabilities:
        """No compare and set, and nothing refused by a server."""
        warnings.warn(
            f"mlgate's adapter for {self.uris.scheme}: was never run against the real service; "
            "docs/registries.md says what it was tested on.",
            UntestedWarning,
            stacklevel=2,
        )
        return super().capabilities(name)
