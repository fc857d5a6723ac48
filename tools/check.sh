#!/usr/bin/env bash
# Everything that has to hold before a commit. Goes through all of it, says what does not hold, and fails if any does not.
set -uo pipefail
bin=$(dirname "${PYTHON:-.venv/bin/python}")
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
failed=()

step() {
    local name=$1 began=$SECONDS
    shift
    if "$@" >"$home/said" 2>&1; then
        printf '  %-30s ok (%d s)\n' "$name" $((SECONDS - began))
    else
        printf '  %-30s FAILED\n' "$name"
        cat "$home/said"
        failed+=("$name")
    fi
}

export REGULARS_HOME="$home/regulars"
step "format" "$bin/ruff" format --check .
step "lint" "$bin/ruff" check --quiet --output-format concise .
step "types" "$bin/mypy"
step "layers" "$bin/lint-imports" --no-cache
step "migrations" "$bin/python" manage.py makemigrations --check --dry-run
step "reference is current" "$bin/python" -m tools.reference --check
step "tracking script is current" "$bin/python" -m tools.script --check
step "translations" "$bin/python" -m tools.messages --check
if [ -z "${WITHOUT_TESTS-}" ]; then
    step "fast tests" "$bin/python" -m pytest -q -n 2 -m "not slow and not browser and not data"
    tail -n 1 "$home/said"
fi
if [ ${#failed[@]} -gt 0 ]; then
    echo "Does not hold: ${failed[*]}"
    exit 1
fi
echo "Everything holds."
