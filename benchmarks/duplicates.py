"""How often copies of a recording pass for it: ``python benchmarks/duplicates.py --corpus CORPUS``.

Pieces of the corpus are encoded again with ffmpeg and heard; the share is printed whose cosine with
the original reaches each bound, and how many pairs of other artists or groups do.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from heard_corpus import heard_corpus

from earmark.library.recording import same_long
from earmark.library.space import Space
from earmark.tagging import Tagger

KINDS = ("recording", "music", "ai-generated")
BOUNDS = (0.9, 0.93, 0.95, 0.97, 0.98, 0.99)
COPIES = {
    "MP3 64 kbit/s": ("mp3", "-b:a", "64k"),
    "AAC 48 kbit/s": ("m4a", "-b:a", "48k"),
    "Vorbis, lowest quality": ("ogg", "-c:a", "libvorbis", "-q:a", "0"),
    "Opus 16 kbit/s": ("opus", "-c:a", "libopus", "-b:a", "16k"),
    "6 dB quieter": ("flac", "-af", "volume=-6dB"),
    "first second cut off": ("flac", "-ss", "1"),
}


def main(corpus: Path, kept: Path, pieces: int) -> None:
    """Print both tables."""
    heard = heard_corpus(corpus, kept)
    music = np.flatnonzero(np.isin(heard.column("kind"), KINDS))
    space, tagger = Space.of(heard.embeddings[music]), Tagger()
    chosen = np.random.default_rng(0).choice(music, pieces, replace=False)
    print("copy", *BOUNDS, sep="\t")
    with tempfile.TemporaryDirectory() as folder:
        for name, (suffix, *how) in COPIES.items():
            cosines = []
            for row in chosen:
                source, copy = corpus / heard.rows[row]["file"], Path(folder, f"copy.{suffix}")
                command = ["ffmpeg", "-v", "error", "-y", "-i", source, *how, copy]
                subprocess.run(command, check=True)
                pair = space(np.stack([heard.embeddings[row], tagger(str(copy)).embedding]))
                cosines.append(pair[0] @ pair[1])
            print(name, *(f"{np.mean(np.array(cosines) >= b):.2f}" for b in BOUNDS), sep="\t")
    vectors = space(heard.embeddings[music])
    seconds = heard.column("seconds")[music].astype(float)
    artist, group = heard.column("artist")[music], heard.column("group")[music]
    whose = np.where(artist == "", group, artist)
    first, second = np.triu_indices(len(music), 1)
    pairs = same_long(seconds[first], seconds[second]) & (whose[first] != whose[second])
    cosines = np.einsum("ij,ij->i", vectors[first[pairs]], vectors[second[pairs]])
    print(f"others, of {pairs.sum():,}", *((cosines >= b).sum() for b in BOUNDS), sep="\t")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--heard", type=Path, default=Path("heard.npz"))
    parser.add_argument("--pieces", type=int, default=14)
    given = parser.parse_args()
    main(given.corpus, given.heard, given.pieces)
