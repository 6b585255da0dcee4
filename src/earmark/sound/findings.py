"""What was noticed while a sound was read, and the sentences that say it.

In: facts of the readers and of the samples. Out: warnings, for a person, of what is missing or
otherwise than it seems; the rule is that a sound is whole, or a sentence says what it lacks.
"""

import math
from dataclasses import dataclass, field

from earmark.sound.reader import Reader

MISSING_SECONDS, MISSING_SHARE = 0.5, 0.01  # shortfall that counts as cut short, both
SILENT_PEAK = 1e-4  # -80 dB of full scale
LOUD_PEAK = 8.0  # 18 dB over full scale
LOST_SECONDS = 0.2  # less is not worth a number
CANCELLED_SECONDS, CANCELLED_SHARE = 1.0, 0.02  # of the sound, from which it is worth a word, both


@dataclass
class Findings:
    """Facts of one sound, or of one part of a chain.

    Attributes
    ----------
    seconds : float, decoded
    declared : float, seconds that the file promises, 0 where it does not say
    damaged : bool, whether a reader gave up at a damaged place
    unfinished : float, how many times longer the file should be; infinite where nobody knows
    lost : float, seconds within the sound that could not be decoded
    behind : int, bytes behind the promised sound that are neither sound nor known
    said : list of str, sentences of the readers
    """

    seconds: float = 0.0
    declared: float = 0.0
    damaged: bool = False
    unfinished: float = 1.0
    lost: float = 0.0
    behind: int = 0
    said: list[str] = field(default_factory=list)

    def note(self, reader: Reader) -> None:
        """Take over what a reader knows after reading."""
        self.declared = max(self.declared, reader.declared_seconds or 0.0)
        self.unfinished = max(self.unfinished, getattr(reader, "unfinished", 1.0))
        self.lost = max(self.lost, reader.lost_seconds)
        self.damaged = self.damaged or getattr(reader, "damaged", False)
        self.said += [text for text in reader.findings if text not in self.said]

    def add(self, part: "Findings") -> None:
        """Take in a part of a chain, which comes after what is here."""
        promised = max(self.declared, self.seconds) + max(part.declared, part.seconds)
        self.declared, self.seconds = promised, self.seconds + part.seconds
        self.damaged = self.damaged or part.damaged
        self.unfinished = max(self.unfinished, part.unfinished)
        self.lost, self.behind = self.lost + part.lost, self.behind + part.behind
        self.said += [text for text in part.said if text not in self.said]

    def warnings(self) -> list[str]:
        """Sentences about what is missing."""
        heard, promised = self.seconds, self.declared
        if math.isfinite(self.unfinished):
            promised = max(promised, heard * self.unfinished)
        said = list(self.said)
        if promised - heard > max(MISSING_SECONDS, MISSING_SHARE * promised):
            decoded = f"{heard:.1f} of {promised:.1f} seconds could be decoded"
            said.append(f"cut short or damaged: {decoded}")
        elif math.isinf(self.unfinished):
            said.append(f"cut short, its end is missing: {heard:.1f} seconds could be decoded")
        elif self.lost > LOST_SECONDS:
            said.append(
                f"damaged or with gaps: about {self.lost:.1f} seconds within it are missing"
            )
        elif self.damaged:
            said.append(f"damaged: {heard:.1f} seconds could be decoded")
        if self.behind:
            said.append(f"{self.behind} bytes behind its end are no sound and were left out")
        return said
