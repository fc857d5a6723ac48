#!/usr/bin/env bash
# Runs the tests on each database named in DATABASES, all of them by default; arguments go to pytest.
# Ends with pytest's closing line of each run, and fails if one failed.
set -uo pipefail
python=${PYTHON:-.venv/bin/python}
databases=${DATABASES:-sqlite postgres}

if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing Chromium for the browser tests …"
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-wqy-zenhei; } >/dev/null 2>&1 ||
            echo "Chromium could not be installed; the browser tests are skipped."
    else
        echo "Chromium is not installed; the browser tests are skipped (Debian: apt-get install chromium)."
    fi
fi

failed=0 closing=()
for database in $databases; do
    said=$(mktemp)
    echo "Tests on $database"
    REGULARS_TEST_DB=$database "$python" -m pytest -n auto --dist loadgroup -q "$@" 2>&1 | tee "$said"
    code=${PIPESTATUS[0]}
    # 5: nothing was collected, as when a file of tests for one database is named.
    [ "$code" = 0 ] || [ "$code" = 5 ] || failed=1
    closing+=("$database: $(tail -n 1 "$said" | tr -d '=')")
    rm -f "$said"
done
printf '%s\n' "${closing[@]}"
exit $failed
