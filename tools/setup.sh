#!/usr/bin/env bash
# Usage: tools/setup.sh PYTHON FOLDER [dev]. Makes .venv with uv where it is installed, else with venv and pip.
set -euo pipefail
python=$1 folder=$2 group=${3-}
if [ -z "$python" ]; then
    echo "Regulars needs Python 3.11 or newer; none of python3.13, python3.12, python3.11, python3 is." >&2
    exit 1
fi
cd "$folder"
if command -v uv >/dev/null; then
    [ -x .venv/bin/python ] || uv venv --quiet --python "$python" .venv
    install=(uv pip install --quiet --python .venv/bin/python)
else
    if [ ! -x .venv/bin/pip ] && ! "$python" -m venv .venv 2>/dev/null; then
        echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv (or install uv)." >&2
        rm -rf .venv
        exit 1
    fi
    # Compiling every package takes half a minute; what is used is compiled when it is first imported.
    install=(.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-compile)
fi
if [ -z "$group" ]; then
    echo "Installing Regulars into .venv …"
    "${install[@]}" --editable .
    exit
fi
echo "Installing what tests and checks need …"
# Dependency groups are younger than the pip of some distributions; their list is read here instead.
.venv/bin/python - "$group" >.venv/requirements.txt <<'PY'
import sys, tomllib
with open("pyproject.toml", "rb") as file:
    print("\n".join(tomllib.load(file)["dependency-groups"][sys.argv[1]]))
PY
"${install[@]}" --requirement .venv/requirements.txt
