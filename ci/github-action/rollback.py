"""The step that moves an alias back: `mlgate rollback`."""

from __future__ import annotations

import sys

from runner import move, options, refuse, stated


def main() -> int:
    """The exit code of `mlgate rollback`."""
    if not stated("name"):
        refuse("the input name is missing: it names the registered model, as credit-risk.")
    given = {name: stated(name) for name in ("alias", "to", "reason", "gate")}
    return move(["rollback", "--json", *options(**given), "--", stated("name")])


if __name__ == "__main__":
    sys.exit(main())
