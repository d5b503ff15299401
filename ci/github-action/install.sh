#!/usr/bin/env bash
# Installs mlgate from the very commit that the action was pinned to, unless the job has installed it already.
set -euo pipefail
if command -v mlgate >/dev/null; then
    exit 0
fi
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
environment="${RUNNER_TEMP:?}/mlgate-environment"
plugins=()
for folder in "$source"/plugins/*; do
    # The guard belongs into an MLflow server.
    [ "${folder##*/}" = mlgate-mlflow-guard ] || plugins+=("$folder")
done
python3 -m venv "$environment"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check --constraint "$source/constraints.txt" \
    "${source}[all]" "${plugins[@]}"
echo "$environment/bin" >>"${GITHUB_PATH:?}"
