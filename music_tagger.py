"""The original system's command: ``python music_tagger.py -m CNN3 [-a FILE] [-d FOLDER]``.

With ``-d f`` it tags that folder of MagnaTagATune, which the environment variable EARMARK_DATA
names, and compares with the truth; with neither it tags the bundled example. It is ``earmark tag``
under its old name and works from a checkout: with the environment that ``make tag`` sets up, even
if that is not the active one.
"""

import argparse
import importlib.util
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Translate the old options and run ``earmark tag``."""
    parser = argparse.ArgumentParser(description="Tag a sound file, as the original system did.")
    parser.add_argument("-m", "--model", default="CNN3", help="name of a model [CNN3]")
    parser.add_argument("-a", "--audio", metavar="FILE", help="sound file [a bundled example]")
    parser.add_argument("-d", "--data", metavar="FOLDER", help="MagnaTagATune folder, 0 to f")
    options = parser.parse_args()
    if importlib.util.find_spec("earmark") is None:
        python = HERE / ".venv" / "bin" / "python"
        if not python.exists() or Path(sys.prefix) == HERE / ".venv":
            sys.exit("music_tagger.py: Earmark is not set up; run `make tag` once")
        os.execv(python, [str(python), *sys.argv])

    from earmark.cli.main import main as earmark

    model = options.model if os.path.isdir(options.model) else options.model.lower()
    folder = ["--data", "magnatagatune", "--folders", options.data] if options.data else []
    files = ["--", options.audio] if options.audio else []
    sys.argv = ["earmark", "tag", "--model", model, *folder, *files]
    earmark()


if __name__ == "__main__":
    main()
