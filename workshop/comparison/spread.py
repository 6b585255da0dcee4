"""Numbers of several seeds as text."""

import numpy as np


def spread(values: list[float], sign: str = "") -> str:
    """Mean and, of several seeds, the standard deviation between them."""
    text = f"{np.mean(values):{sign}.3f}"
    return f"{text} ± {np.std(values, ddof=1):.3f}" if len(values) > 1 else text


def with_interval(records: list[dict], part: str, name: str) -> str:
    """The same of a measure, with the bootstrap interval over artists, a mean over seeds too."""
    low, high = np.mean([record[part][f"{name}_ci"] for record in records], axis=0)
    return f"{spread([record[part][name] for record in records])} ({low:.3f} to {high:.3f})"
