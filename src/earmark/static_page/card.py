"""What the page must know of a model, as JSON."""

from typing import Any

from earmark.errors import StaticPageError
from earmark.sound.melspectrogram import MEL_ONLY
from earmark.zoo import Card


def page_card(card: Card) -> dict[str, Any]:
    """Front end, windows, pooling, tags and opposites of a model, as plain data.

    Raises
    ------
    StaticPageError
        The page cannot hear what the model hears.
    """
    front_end = card.front_end
    if front_end.features != MEL_ONLY:
        others = ", ".join(name for name in front_end.features if name not in MEL_ONLY)
        raise StaticPageError(f"model {card.name!r}: the static page has no {others}")
    if front_end.n_fft & (front_end.n_fft - 1):
        raise StaticPageError(
            f"model {card.name!r}: its n_fft of {front_end.n_fft} is no power of two, "
            "which the static page needs"
        )
    tags = zip(card.vocabulary.tags, card.slopes, card.offsets, card.thresholds, strict=True)
    return {
        "name": card.name,
        "front_end": {
            "sample_rate": front_end.sample_rate,
            "n_fft": front_end.n_fft,
            "hop_length": front_end.hop_length,
            "n_mels": front_end.n_mels,
        },
        "frames": card.window_frames,
        "exponent": card.pooling_exponent,
        "tags": [
            {
                "name": tag.name,
                "category": tag.category,
                "group": tag.group,
                "slope": round(float(slope), 6),
                "offset": round(float(offset), 6),
                "threshold": round(float(threshold), 6),
            }
            for tag, slope, offset, threshold in tags
        ],
        "opposites": sorted(sorted(pair) for pair in card.vocabulary.opposites),
    }
