#!/bin/sh
# The core under the oldest dependencies that pyproject.toml declares, in an environment that is
# removed afterwards: the command hears the bundled example, and the tests of the core pass.
set -eu
cd "$(dirname "$0")/.."
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
"${PYTHON:-python3}" -m venv "$place/venv"
"${PYTHON:-python3}" - > "$place/oldest.txt" <<'END'
import tomllib
from pathlib import Path

for needed in tomllib.loads(Path("pyproject.toml").read_text())["project"]["dependencies"]:
    print(needed.split(",")[0].replace(">=", "=="))
END
cat "$place/oldest.txt"
"$place/venv/bin/pip" install --quiet --only-binary :all: -r "$place/oldest.txt" pytest
"$place/venv/bin/pip" install --quiet --no-deps .
"$place/venv/bin/earmark" tag --top 3
"$place/venv/bin/python" -m pytest tests/vocabulary tests/tagging/test_windows.py \
    tests/tagging/test_pooling.py tests/tagging/test_result.py tests/test_atomic.py \
    tests/test_cores.py tests/test_names.py
