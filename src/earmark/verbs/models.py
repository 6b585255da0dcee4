"""The list of shipped models, from their cards."""

import json
from typing import Any

from earmark.zoo import find_model, model_names


def model_facts() -> list[dict[str, Any]]:
    """Name, summary, size, speed and measured quality of each shipped model.

    Returns
    -------
    list of dict
        ``name``, ``summary``, ``megabytes`` (ONNX), ``parameters``, ``times_real_time`` (network
        alone, one core), ``window_seconds``, ``tags``, ``roc_auc``, ``pr_auc`` (macro, top 50, on
        songs with MagnaTagATune tags that it was not trained on).
    """
    facts = []
    for name in model_names():
        card = find_model(name)
        measured = card.details["measured"]
        facts.append(
            {
                "name": name,
                "summary": card.summary,
                "megabytes": measured["megabytes"],
                "parameters": measured["parameters"],
                "times_real_time": measured["times_real_time"],
                "window_seconds": round(card.window_seconds, 2),
                "tags": len(card.vocabulary),
                "roc_auc": measured["top50"]["roc_auc"],
                "pr_auc": measured["top50"]["pr_auc"],
            }
        )
    return facts


def models_json() -> str:
    """The list as a JSON array."""
    return json.dumps(model_facts(), indent=2, ensure_ascii=False)


def models_table() -> str:
    """The list as text, a line a model."""
    lines = ["model     MB    x real time  window  ROC-AUC  PR-AUC"]
    for fact in model_facts():
        lines.append(
            f"{fact['name']:<9} {fact['megabytes']:<5.1f} {fact['times_real_time']:<12.0f}"
            f" {fact['window_seconds']:>4.1f} s  {fact['roc_auc']:<8.3f} {fact['pr_auc']:<7.3f}"
            f" {fact['summary']}"
        )
    return "\n".join(lines)
