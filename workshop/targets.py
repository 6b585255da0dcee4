"""What a window is taught: the teachers' guess, blended with what people said of its tracks.

With two tellers of different trust the blend is their weighted mean, and the weights add up; under
cross-entropy that equals showing the window once with each label.
"""

import numpy as np

from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50
from workshop.corpus import Corpus

HUMAN_WEIGHT = 1.0
TOP_50_WEIGHT = 1.0  # of people's labels of tags that the MagnaTagATune networks know
HUMAN_NEGATIVE = 0.0
CATALOGUE_CHANCE = 0.5  # that a listener names what a catalogue says of a track
AUDIBLE_DB = -8.0  # level against the other of a track whose tags still hold in a mixture
DENIALS = ("no ", "not ")
ALONE = ("instrumental", "solo")  # they deny, too: what one track lacks the other may have
ABSENT_VOICE = 0.4  # listeners say "no vocals" of some songs without voices, not of most
SILENT_TAGS = {"silence": 0.9, "quiet": 0.3, "low": 0.1, "no vocals": 0.1, "ambient": 0.1}


def track_targets(corpus: Corpus) -> np.ndarray:
    """What people say of each track, on the scale of MagnaTagATune's listeners.

    Returns
    -------
    np.ndarray [shape=(files, 188), float32]
        MagnaTagATune fractions where the song has them, else .5 and 0 for certain tags, NaN where
        nobody knows. That a catalogue lists no flute is no reason for a listener to say "no
        flute", so such tags count only of voices, and less.
    """
    labels = corpus.human_labels()
    targets = np.where(labels == 1, CATALOGUE_CHANCE, np.where(labels == 0, HUMAN_NEGATIVE, labels))
    for column, tag in enumerate(official_vocabulary().tags):
        if tag.name.startswith("no "):
            said = ABSENT_VOICE if tag.category == "voice" else np.nan
            targets[labels[:, column] == 1, column] = said
    fractions = corpus.mtat_fractions()
    annotated = ~np.isnan(fractions[:, 0])
    targets[annotated] = fractions[annotated]
    return targets.astype(np.float32)


def human_weights() -> np.ndarray:
    """How much training believes people of each tag [shape=(188,), float32]."""
    weights = np.full(len(official_vocabulary()), HUMAN_WEIGHT, np.float32)
    weights[[official_vocabulary().index(tag) for tag in TOP_50]] = TOP_50_WEIGHT
    return weights


def blend(
    soft: np.ndarray,
    confidence: np.ndarray,
    human: np.ndarray,
    human_weight: np.ndarray | float = HUMAN_WEIGHT,
) -> tuple[np.ndarray, np.ndarray]:
    """Weighted mean of soft targets and human ones.

    Parameters
    ----------
    soft : np.ndarray [shape=(n, tags)], the teachers' guess
    confidence : np.ndarray [shape=(tags,) or (n, tags)], its weight
    human : np.ndarray [shape=(n, tags)], NaN where nobody knows
    human_weight : np.ndarray [shape=(tags,)] or float, >= 0, theirs

    Returns
    -------
    targets, weights : np.ndarray [shape=(n, tags), float32]
    """
    known = ~np.isnan(human)
    weights = confidence + human_weight * known
    targets = (soft * confidence + human_weight * np.where(known, human, 0)) / weights
    return targets.astype(np.float32), weights.astype(np.float32)


def window_targets(
    corpus: Corpus,
    soft: np.ndarray,
    confidence: np.ndarray,
    track: np.ndarray,
    second: np.ndarray,
    second_db: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Targets and weights of drawn windows.

    A window of one track gets all that is known of it, a mixture what its tracks certainly hold
    (those that can be heard); what one lacks the other may have. An empty room is not told from
    other windows here; see :func:`silent_targets`.

    Parameters
    ----------
    corpus : Corpus
    soft : np.ndarray [shape=(n, tags)], the teachers' guess
    confidence : np.ndarray [shape=(tags,)], its weight
    track, second : np.ndarray [shape=(n,), int], rows of the corpus, negative for none
    second_db : np.ndarray [shape=(n,)], level of the second track against the first

    Returns
    -------
    targets, weights : np.ndarray [shape=(n, tags), float32]
    """
    people = track_targets(corpus)
    human = people[track]
    mixed = second >= 0
    human[mixed] = _held_by_both(
        people[track[mixed]], people[second[mixed]], second_db[mixed].astype(np.float32)
    )
    # The other track may hold the tag too, so a fraction is a lower bound.
    human[mixed] = np.fmax(human[mixed], np.where(np.isnan(human[mixed]), np.nan, soft[mixed]))
    return blend(soft, confidence, human, human_weights())


def _held_by_both(first: np.ndarray, second: np.ndarray, second_db: np.ndarray) -> np.ndarray:
    """What two tracks together certainly hold, NaN where nobody knows.

    Parameters
    ----------
    first, second : np.ndarray [shape=(n, tags)], what people said of each
    second_db : np.ndarray [shape=(n,)]
    """
    known = [
        np.where((said > 0) & (level >= AUDIBLE_DB)[:, None], said, np.nan)
        for said, level in ((first, -second_db), (second, second_db))
    ]
    denials = np.array([t.startswith(DENIALS) or t in ALONE for t in official_vocabulary()])
    return np.where(denials, np.minimum(*known), np.fmax(*known))


def silent_targets() -> np.ndarray:
    """What an empty room is called [shape=(188,), float32], a share of listeners for each tag."""
    targets = np.zeros(len(official_vocabulary()), np.float32)
    for tag, value in SILENT_TAGS.items():
        targets[official_vocabulary().index(tag)] = value
    return targets


def promised(
    corpus: Corpus, rows: np.ndarray, guess: np.ndarray, confidence: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What scores of tracks should promise: the chance that a listener gives each tag.

    Listeners' own shares are blended with the teachers' guess. A catalogue's tag is certain, but
    listeners name three or four tags of a clip; it counts half, at even odds. What a catalogue
    rules out, a listener hardly names anyway.

    Parameters
    ----------
    corpus : Corpus
    rows : np.ndarray [shape=(n,)], tracks
    guess : np.ndarray [shape=(n, 188)], the teachers' mean guess of each
    confidence : np.ndarray [shape=(188,)]

    Returns
    -------
    targets, weights : np.ndarray [shape=(n, 188), float32]
    """
    said, fractions = track_targets(corpus)[rows], corpus.mtat_fractions()[rows]
    targets, weights = blend(guess, confidence, fractions)
    catalogue = np.isnan(fractions) & (said == CATALOGUE_CHANCE)
    return np.where(catalogue, (targets + CATALOGUE_CHANCE) / 2, targets), weights
