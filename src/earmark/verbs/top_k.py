"""How much of the truth a run over a data set found, as lines for people."""

from earmark.evaluation.topk import TopK
from earmark.vocabulary import Vocabulary
from earmark.wording import counted

SHOWN = 10  # tags, best and worst each
LEAST = 5  # songs that a tag needs to be shown


def top_k_text(top_k: TopK, vocabulary: Vocabulary, absent: int) -> str:
    """The top-K result: success rate, share of tags found, best and worst captured tags.

    Parameters
    ----------
    top_k : TopK
    vocabulary : Vocabulary, of the model
    absent : int, rows of the data set whose sound was not there
    """
    left_out = [f"{top_k.untagged} without a tag left out"]
    left_out += [f"{absent} whose sound is not there"] if absent else []
    if not top_k.songs:
        return f"no labels to compare with ({', '.join(left_out)})"
    captured = int(top_k.captured.sum())
    found = captured / (captured + int(top_k.missed.sum()))
    lines = [
        f"{counted(top_k.songs, 'song')} with tags ({', '.join(left_out)})",
        f"{found:.1%} of their tags are among the {top_k.k} highest scores",
        f"{top_k.rate:.1%} of the songs have at least {top_k.share:.0%} of their tags there",
    ]
    rows = [row for row in top_k.table(vocabulary.names) if row.captured + row.missed >= LEAST]
    shown = rows if len(rows) <= 2 * SHOWN else [*rows[:SHOWN], None, *rows[-SHOWN:]]
    if shown:
        lines += ["", f"{'tag':<16} captured  missed   rate"]
    for row in shown:
        if row is None:
            lines.append("...")
        else:
            lines.append(f"{row.tag:<16} {row.captured:8d} {row.missed:7d} {row.rate:6.1%}")
    return "\n".join(lines)
