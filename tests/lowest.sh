#!/bin/sh
# Earmark under the oldest dependencies that pyproject.toml declares, in an environment that is
# removed afterwards: the command hears the bundled example, and tests of the core and of the extras
# that need no torch, Ray or microphone pass. Takes some minutes, most of them pip's.
set -eu
cd "$(dirname "$0")/.."
extras="data plots library serve"
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
"${PYTHON:-python3}" -m venv "$place/venv"
"${PYTHON:-python3}" - $extras > "$place/oldest.txt" <<'PYTHON'
import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
needed = [*project["dependencies"]]
for extra in sys.argv[1:]:
    needed += project["optional-dependencies"][extra]
for one in dict.fromkeys(needed):
    print(one.split(",")[0].replace(">=", "=="))
PYTHON
cat "$place/oldest.txt"
"$place/venv/bin/pip" install --quiet --no-compile --only-binary :all: -r "$place/oldest.txt" pytest httpx pandas
"$place/venv/bin/pip" install --quiet --no-deps .
"$place/venv/bin/earmark" tag --top 3
"$place/venv/bin/python" -m pytest tests/vocabulary tests/tagging/test_windows.py \
    tests/tagging/test_pooling.py tests/tagging/test_result.py tests/test_atomic.py \
    tests/test_cores.py tests/test_names.py tests/evaluation/test_predictions.py \
    tests/library/test_similar.py tests/library/test_search.py tests/plots/test_sound_pictures.py \
    tests/serve/test_requests.py
