"""Judge the shipped genre maps on labelled music: ``python benchmarks/genre_maps.py CORPUS``.

CORPUS is a folder with corpus.csv (columns file, split, kind, source, tags). A piece's true word is
the only word of the map whose own name, or a tag of the same meaning in WORDS, is among its labels;
pieces with none or several are left out. Prints for each map what the pieces of each word are
called by the map's best word (- for none), and what learned maps reach on sources left out.
"""

import argparse
import csv
from collections import Counter
from pathlib import Path

import numpy as np

from earmark import EarmarkError, Tagger
from earmark.genres.check import EXAMPLES
from earmark.vocabulary.genres import find_map
from earmark.vocabulary.learn_map import cross_validate

KINDS = {"recording", "music", "ai-generated", "solo"}
WORDS = {
    "discogs": {
        "Classical": "classical clasical classic baroque opera operatic medieval",
        "Electronic": "electronic electronica electro techno trance house ambient",
        "Folk, World, & Country": "folk country celtic irish indian india world arabic eastern",
        "Funk / Soul": "funk funky disco",
        "Hip Hop": "rap,hip hop",
        "Jazz": "jazz jazzy",
        "Blues": "blues",
        "Pop": "pop",
        "Reggae": "reggae",
        "Rock": "rock,metal,hard rock,punk,soft rock,heavy metal",
    },
    "id3": {
        "Classical": "classical clasical classic",
        "Baroque": "baroque",
        "Opera": "opera operatic",
        "Choir": "choir choral",
        "Techno": "techno",
        "Trance": "trance",
        "House": "house",
        "Industrial": "industrial",
        "Jungle": "jungle",
        "Electronic": "electronic electronica electro",
        "Ambient": "ambient",
        "New Age": "new age,newage",
        "Rock": "rock",
        "Hard Rock": "hard rock,",
        "Metal": "metal,heavy metal",
        "Punk": "punk",
        "Slow Rock": "soft rock,",
        "Pop": "pop",
        "Dance": "dance",
        "Disco": "disco",
        "Funk": "funk funky",
        "Hip-Hop": "hip hop,",
        "Rap": "rap",
        "Reggae": "reggae",
        "Blues": "blues",
        "Jazz": "jazz jazzy",
        "Country": "country",
        "Folk": "folk",
        "Celtic": "celtic irish",
        "Ethnic": "indian,india,arabic,tribal,eastern,oriental,middle eastern,world",
        "Chant": "chant chanting monks monk",
    },
    "moods": {
        "energetic": "fast loud hard heavy",
        "calm": "calm quiet soft",
        "happy": "happy upbeat",
        "sad": "sad",
        "dark": "dark scary eerie",
        "dreamy": "spacey space airy",
        "mellow": "mellow light",
    },
}


def heard(rows: list[dict], folder: Path, cache: Path) -> tuple[list[dict], np.ndarray]:
    """The rows that could be heard, and their scores."""
    if cache.exists():
        with np.load(cache, allow_pickle=False) as file:
            scores = dict(zip(file["files"].tolist(), file["scores"], strict=True))
    else:
        scores = {}
        files = [str(folder / row["file"]) for row in rows]
        for row, (_, result) in zip(rows, Tagger().files(files, jobs=2), strict=True):
            if not isinstance(result, EarmarkError):
                scores[row["file"]] = result.scores
        np.savez(cache, files=list(scores), scores=np.stack(list(scores.values())))
    rows = [row for row in rows if row["file"] in scores]
    return rows, np.stack([scores[row["file"]] for row in rows])


def truth_of(row: dict, words: dict[str, str]) -> str | None:
    """The only word of a map that the labels of a piece mean."""
    tags = set(row["tags"].split(";"))
    names = {w: t.split(",") if "," in t else t.split() for w, t in words.items()}
    found = [word for word, meaning in names.items() if tags & set(meaning)]
    return found[0] if len(found) == 1 else None


def confusion(name: str, rows: list[dict], scores: np.ndarray, thresholds: np.ndarray) -> None:
    """Print the table of one map."""
    genre_map = find_map(name)
    truths = [truth_of(row, WORDS[name]) for row in rows]
    counts: Counter = Counter()
    for truth, row_scores in zip(truths, scores, strict=True):
        if truth:
            said = next(iter(genre_map.ranked(row_scores, thresholds)), "-")
            counts[truth, said] += 1
    total, right = sum(counts.values()), sum(n for (t, s), n in counts.items() if t == s)
    none = sum(n for (_, said), n in counts.items() if said == "-")
    print(f"\n{name}: {total} pieces, {right} right, {none} without a word")
    print("| truth | pieces | called |\n|---|---|---|")
    for truth in WORDS[name]:
        called = Counter({said: n for (there, said), n in counts.items() if there == truth})
        if called:
            told = ", ".join(f"{said} {n}" for said, n in called.most_common())
            print(f"| {truth} | {sum(called.values())} | {told} |")


def main() -> None:
    """Tag the corpus once, then judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("runs/genre_maps.npz"))
    parser.add_argument("--examples", action="store_true", help="write the scores of `check` anew")
    options = parser.parse_args()
    options.cache.parent.mkdir(parents=True, exist_ok=True)
    with open(options.corpus / "corpus.csv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] in KINDS]
    rows, scores = heard(rows, options.corpus, options.cache)
    thresholds = Tagger().card.thresholds
    valid = np.array([row["split"] == "valid" for row in rows])
    if options.examples:
        np.savez_compressed(EXAMPLES, scores=scores[valid].astype(np.float16))
    for name in WORDS:
        confusion(
            name, [r for r, v in zip(rows, valid, strict=True) if v], scores[valid], thresholds
        )
    vocabulary = Tagger().card.vocabulary
    for name in ("discogs", "moods"):
        words = WORDS[name]
        truths = [truth_of(row, words) for row in rows]
        counts = Counter(filter(None, truths))
        kept = [i for i, truth in enumerate(truths) if truth and counts[truth] >= 20]
        sources = [rows[i]["artist"] or rows[i]["source"] for i in kept]
        found = cross_validate(
            scores[kept], [truths[i] for i in kept], sources, vocabulary, thresholds
        )
        print(f"\nlearned as {name}: {found.right} of {found.answered} named right,")
        print(f"{found.songs - found.answered} of {found.songs} without a word; share found:")
        for word, share in found.by_shelf.items():
            print(f"  {share:4.0%} {word}")


if __name__ == "__main__":
    main()
