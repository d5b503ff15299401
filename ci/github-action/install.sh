#!/usr/bin/env bash
# Installs mlgate from the very commit that the action was pinned to, unless the job has installed it already.
set -euo pipefail
if command -v mlgate >/dev/null; then
    exit 0
fi
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
environment="${RUNNER_TEMP:?}/mlgate-environment"
python3 -m venv "$environment"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check --constraint "$source/constraints.txt" \
    "${source}[sign]" "$source/plugins/mlgate-performance" "$source/plugins/mlgate-data[drift,pandera]" \
    "$source/plugins/mlgate-fairness[proxy]" "$source/plugins/mlgate-security" "$source/plugins/mlgate-mlflow"
echo "$environment/bin" >>"${GITHUB_PATH:?}"
