"""Asks detect-secrets about the lines of one text. No value leaves this module."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

_ALLOWED = "pragma: allowlist secret"


@dataclass(frozen=True, slots=True)
class Secret:
    """What looks like a secret: its kind in detect-secrets' words, and the first of its SHA-256, to tell two apart."""

    kind: str
    line: int
    mark: str


@dataclass(frozen=True, slots=True)
class Scanner:
    """Scans texts one after the other; made by `scanner`."""

    folder: Path

    def scan(self, text: str, suffix: str) -> list[Secret]:
        """The secrets in `text`, by line and kind. `suffix` tells the kind of file, as `.py`."""
        from detect_secrets.core.scan import scan_file

        file = self.folder / f"text{suffix}"
        file.write_text(text, encoding="utf-8", errors="replace", newline="\n")
        found = {
            Secret(str(each.type), int(each.line_number), _mark(each.secret_value or ""))
            for each in scan_file(str(file))
        }
        return sorted(found, key=lambda secret: (secret.line, secret.kind, secret.mark))


@contextmanager
def scanner() -> Iterator[Scanner]:
    """detect-secrets with all of its kinds. Nothing is verified: that would send a secret over the network."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
    from detect_secrets.settings import transient_settings

    kinds = [{"name": kind.__name__} for kind in get_mapping_from_secret_type_to_class().values()]
    with (
        TemporaryDirectory(prefix="mlgate-secrets-") as folder,
        transient_settings({"plugins_used": kinds}) as settings,
    ):
        settings.disable_filters("detect_secrets.filters.common.is_ignored_due_to_verification_policies")
        yield Scanner(Path(folder))


def allowed_lines(texts: Sequence[str]) -> int:
    """How many lines say that what stands in them is no secret."""
    return sum(text.count(_ALLOWED) for text in texts)


def _mark(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()[:8]
