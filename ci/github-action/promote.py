"""The step that moves an alias: `mlgate promote`."""

from __future__ import annotations

import sys

from runner import move, options, refuse, stated


def main() -> int:
    """The exit code of `mlgate promote`."""
    if not stated("model"):
        refuse("the input model is missing: it names the version to promote, as models:/credit-risk/7.")
    named = options(to=stated("promote-to"), gate=stated("gate"), record=stated("record"), key=stated("key"))
    return move(["promote", "--json", *named, "--", stated("model")])


if __name__ == "__main__":
    sys.exit(main())
