"""A vocabulary of a user's own, from a file: TOML, or plain text with a tag a line."""

from pathlib import Path

from earmark.errors import VocabularyError
from earmark.vocabulary.vocabulary import Vocabulary


def load_vocabulary(path: str | Path) -> Vocabulary:
    """Read a vocabulary file.

    Parameters
    ----------
    path : str or Path
        ``.toml`` as in :meth:`Vocabulary.from_toml`; any other is UTF-8 text with a tag a line, in
        which empty lines and those that begin with ``#`` are left out.

    Raises
    ------
    VocabularyError
        The file cannot be read or names no tags, or one twice.
    """
    path = Path(path)
    if path.suffix.lower() == ".toml":
        return Vocabulary.from_toml(path)
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
        names = [line for line in lines if line and not line.startswith("#")]
        if not names:
            raise VocabularyError("it lists no tags")
        return Vocabulary.from_names(names)
    except OSError as error:
        raise VocabularyError(f"vocabulary {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise VocabularyError(f"vocabulary {path} makes no sense: it is not UTF-8") from error
    except VocabularyError as error:
        raise VocabularyError(f"vocabulary {path} makes no sense: {error}") from error
