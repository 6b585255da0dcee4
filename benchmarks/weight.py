"""What an installation of Earmark weighs without what it depends on: run in a checkout.

``python benchmarks/weight.py`` builds the wheel with hatchling and prints Markdown: MB of the file
that is downloaded, and of what it unpacks to, by part. Python adds its bytecode when it compiles.
"""

import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
BUILD = "import sys, hatchling.build; hatchling.build.build_wheel(sys.argv[1])"
KINDS = {".onnx": "networks", ".ogg": "example music", ".py": "code"}


def main() -> None:
    """Print the table."""
    with TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-c", BUILD, folder], cwd=ROOT, check=True)
        (wheel,) = Path(folder).iterdir()
        with zipfile.ZipFile(wheel) as archive:
            parts = Counter()
            for entry in archive.infolist():
                suffix = PurePosixPath(entry.filename).suffix
                parts[KINDS.get(suffix, "cards, maps, pages and the rest")] += entry.file_size
        rows = [("download", wheel.stat().st_size), ("installed", parts.total())]
    print("| | MB |\n|---|---|")
    for name, size in [*rows, *parts.most_common()]:
        print(f"| {name} | {size / 1e6:.1f} |")


if __name__ == "__main__":
    main()
