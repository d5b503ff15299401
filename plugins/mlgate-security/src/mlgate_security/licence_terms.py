"""What a package's metadata says of its licence, and whether lists of SPDX names accept it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from importlib.metadata import PackageNotFoundError, metadata

_CLASSIFIERS = {
    "Academic Free License (AFL)": "AFL-3.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "GNU General Public License (GPL)": "GPL-2.0-or-later",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "zlib/libpng License": "Zlib",
}
_TOKENS = re.compile(r"\(|\)|[^\s()]+")
_LONGEST_NAME = 60


def installed_terms(name: str) -> str | None:
    """The licence as an SPDX expression where the metadata allows; None where the package is not installed here."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return None
    if "License-Expression" in about:
        return about["License-Expression"]
    classified = [each.rpartition(" :: ")[2] for each in about.get_all("Classifier") or () if "License ::" in each]
    named = dict.fromkeys(_CLASSIFIERS.get(each, each) for each in classified if each != "OSI Approved")
    if named:
        return " AND ".join(f"({each})" if " " in each else each for each in named)
    return _spoken(" ".join(about.get_all("License") or ()))


def accepted(terms: str, allow: Sequence[str], deny: Sequence[str]) -> bool:
    """Whether the terms can be kept: one side of `OR`, both of `AND`; `WITH` belongs to the name before it."""
    tokens = _TOKENS.findall(terms)
    operators = {"AND", "OR", "(", ")"}
    if not any(token.upper() in operators for token in tokens):
        return _is_accepted(terms, allow, deny)
    return _Expression(tokens, allow, deny).value()


def _spoken(text: str) -> str | None:
    """The free text of old metadata, if it is a name and not the whole licence."""
    text = text.strip()
    if not text or text.upper() == "UNKNOWN" or len(text) > _LONGEST_NAME or "\n" in text:
        return None
    return _CLASSIFIERS.get(text, {"Apache 2.0": "Apache-2.0", "BSD": "BSD-3-Clause"}.get(text, text))


def _is_accepted(name: str, allow: Sequence[str], deny: Sequence[str]) -> bool:
    denied = any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in deny)
    allowed = any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in allow)
    return not denied and (allowed or not allow)


class _Expression:
    """Reads an SPDX expression from the left; `AND` binds closer than `OR`. What can't be read is not accepted."""

    def __init__(self, tokens: Sequence[str], allow: Sequence[str], deny: Sequence[str]) -> None:
        self._tokens: Iterator[str] = iter(tokens)
        self._next = next(self._tokens, None)
        self._lists = (allow, deny)

    def value(self) -> bool:
        held = self._any()
        return held and self._next is None

    def _any(self) -> bool:
        held = self._all()
        while self._next is not None and self._next.upper() == "OR":
            self._step()
            held = self._all() or held
        return held

    def _all(self) -> bool:
        held = self._one()
        while self._next is not None and self._next.upper() == "AND":
            self._step()
            held = self._one() and held
        return held

    def _one(self) -> bool:
        if self._next == "(":
            self._step()
            held = self._any()
            closed = self._next == ")"
            self._step()
            return held and closed
        words = []
        while self._next is not None and self._next.upper() not in ("AND", "OR", "(", ")"):
            words.append(self._next)
            self._step()
        return bool(words) and _is_accepted(" ".join(words), *self._lists)

    def _step(self) -> None:
        self._next = next(self._tokens, None)
