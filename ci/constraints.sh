#!/usr/bin/env bash
# Pin what our own runs install: plain name==version lines, made anew from the ranges that the distributions declare.
set -euo pipefail
cd "$(dirname "$0")/.."
uv pip compile --quiet --python-version 3.11 --upgrade --no-annotate --no-header --no-emit-index-url \
    --no-emit-find-links --no-emit-package mlgate --all-extras pyproject.toml plugins/*/pyproject.toml --group test --group lint --group ci --group docs \
    --output-file constraints.txt
sed --in-place '/^-e /d' constraints.txt
