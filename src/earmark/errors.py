"""What can go wrong, as exceptions whose text is one sentence for a person.

Every error that Earmark raises on purpose is an :class:`EarmarkError`. Its text names the file (or
model, or tag) and the reason, and needs no traceback to be understood.
"""


class EarmarkError(Exception):
    """Base of all errors that Earmark raises on purpose; ``str(error)`` is one plain sentence."""


class SoundError(EarmarkError):
    """A sound cannot be read: missing, empty, not audio, no permission, no usable samples.

    Attributes
    ----------
    path : str or None
        The file or folder, where whoever catches the error does not know it already.
    """

    def __init__(self, sentence: str, path: str | None = None) -> None:
        super().__init__(sentence)
        self.path = path


class CrashError(SoundError):
    """A sound takes the process that decodes it along.

    Attributes
    ----------
    reason : str, the sentence without the name of the sound
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}", path)
        self.reason = reason

    def __reduce__(self) -> tuple[type, tuple[str | None, str]]:
        return type(self), (self.path, self.reason)


class ModelError(EarmarkError):
    """A model cannot be used: missing part, damaged file, a card that makes no sense."""


class UnknownModelError(ModelError):
    """No model has this name and no folder lies at this path."""


class OutputError(EarmarkError):
    """A result cannot be written: no folder, no permission, full disk."""


class FormError(OutputError):
    """The name of a result ends in none of the suffixes that say its form."""


class VocabularyError(EarmarkError):
    """A tag is not one of the vocabulary's."""


class ExpressionError(VocabularyError):
    """An expression over tags makes no sense; the sentence has the place and the nearest name."""


class GenreMapError(VocabularyError):
    """A map from tags to genres makes no sense; the sentence names the map and the word."""


class UnknownMapError(GenreMapError):
    """No map has this name and no file lies at this path."""


class DataError(EarmarkError):
    """A data set or manifest cannot be used: missing, damaged, or a row that makes no sense."""


class TrainingError(EarmarkError):
    """A training run cannot begin or go on: a wrong recipe, another run's folder, too few songs."""


class LibraryError(EarmarkError):
    """A library cannot be used: none there, damaged, not Earmark's, or nothing to ask it about."""


class MediaError(EarmarkError):
    """A file of sound or pictures cannot be cut or censored: no sound, protected, not writable."""


class LiveError(EarmarkError):
    """What is playing cannot be listened to: no such source, no device, or nothing that sounds."""


class ServeError(EarmarkError):
    """A server cannot begin: a host without a token, a port that is taken, a model that is not."""


class WritingError(EarmarkError):
    """A file's metadata cannot be written or taken back; nothing of the file was lost."""


class ClusterError(EarmarkError):
    """A cluster cannot begin: no such address, a bucket that gives or takes nothing."""


class StaticPageError(EarmarkError):
    """A static page cannot be written: no runtime for it, or a model that it cannot hear with."""
