"""Maps as text or JSON: which there are, their rules, what is odd about one."""

import json

from earmark.vocabulary.check_map import MapCheck
from earmark.vocabulary.genres import GenreMap, find_map, map_names


def list_text(*, as_json: bool) -> str:
    """The shipped maps, a line each."""
    maps = [find_map(name) for name in map_names()]
    if as_json:
        facts = [{"name": m.name, "words": len(m.rules), "summary": m.summary} for m in maps]
        return json.dumps(facts, ensure_ascii=False)
    return "\n".join(f"{m.name:<10} {len(m.rules):>3} words  {m.summary}" for m in maps)


def map_rules(genre_map: GenreMap, *, as_json: bool) -> str:
    """The rules of a map."""
    if as_json:
        rules = {r.word: {"when": r.text, "weight": r.weight} for r in genre_map.rules}
        return json.dumps(rules, ensure_ascii=False)
    width = max(len(word) for word in genre_map.words)
    weights = {r.word: "" if r.weight == 1 else f"  (x {r.weight:g})" for r in genre_map.rules}
    return "\n".join(f"{r.word:<{width}}  {r.text}{weights[r.word]}" for r in genre_map.rules)


def check_text(found: MapCheck, songs: int, *, as_json: bool) -> str:
    """What a check found."""
    if as_json:
        return json.dumps(
            {
                "faults": found.faults,
                "doubts": found.doubts,
                "songs": songs,
                "shares": {word: round(share, 4) for word, share in found.shares.items()},
                "unnamed": None if found.unnamed is None else round(found.unnamed, 4),
            },
            ensure_ascii=False,
        )
    lines = [f"fault: {fault}" for fault in found.faults]
    lines += [f"doubt: {doubt}" for doubt in found.doubts]
    if found.unnamed is not None:
        lines += [f"of {songs} songs:"] if not lines else ["", f"of {songs} songs:"]
        lines += [f"  {share:4.0%} {word}" for word, share in found.shares.items()]
        lines += [f"  {found.unnamed:4.0%} without a word"]
    return "\n".join(lines) or "nothing is odd about it"
