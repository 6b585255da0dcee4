"""One row a sound: the Parquet schema, and rows from what was heard or went wrong."""

from typing import Any

import numpy as np

from earmark.errors import EarmarkError
from earmark.tagging import Tagging

COLUMNS = ("tags", "scores", "timeline", "embedding")


def schema(columns: tuple[str, ...]) -> Any:
    """The Arrow schema of a partition.

    ``path`` string, ``model`` string, ``seconds`` float64, ``warning`` and ``error`` string or
    null; and of `columns`: ``tags`` list of {tag, score}, those over their thresholds, best first;
    ``scores`` list of float32, all in the model's order (kept in the schema's metadata as
    ``tags``); ``timeline`` list of {start, end, scores}; ``embedding`` list of float32.
    """
    import pyarrow as pa

    floats = pa.list_(pa.float32())
    kinds = {
        "tags": pa.list_(pa.struct([("tag", pa.string()), ("score", pa.float32())])),
        "scores": floats,
        "timeline": pa.list_(
            pa.struct([("start", pa.float64()), ("end", pa.float64()), ("scores", floats)])
        ),
        "embedding": floats,
    }
    always = [
        ("path", pa.string()),
        ("model", pa.string()),
        ("seconds", pa.float64()),
        ("warning", pa.string()),
        ("error", pa.string()),
    ]
    return pa.schema(always + [(name, kinds[name]) for name in COLUMNS if name in columns])


def row(
    path: str, model: str, result: Tagging | EarmarkError, columns: tuple[str, ...]
) -> dict[str, Any]:
    """What a table holds of one sound."""
    told = {"path": written(path), "model": model}
    if isinstance(result, EarmarkError):
        return {**told, "error": written(str(result))}
    told["seconds"] = result.seconds
    told["warning"] = written(result.warning) if result.warning else None
    if "tags" in columns:
        told["tags"] = [{"tag": tag, "score": score} for tag, score in result.tags().items()]
    if "scores" in columns:
        told["scores"] = np.asarray(result.scores, np.float32)
    if "timeline" in columns:
        line = result.timeline
        rows = zip(line.starts, line.ends, line.scores, strict=True)
        told["timeline"] = [{"start": s, "end": e, "scores": scores} for s, e, scores in rows]
    if "embedding" in columns:
        told["embedding"] = np.asarray(result.embedding, np.float32)
    return told


def written(text: str) -> str:
    """Text as Parquet can hold it: a byte that is no UTF-8 becomes ``\\xNN``."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
