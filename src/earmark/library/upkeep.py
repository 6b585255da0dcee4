"""Keep a library whole: check it, and forget what it should not know."""

import os

from earmark.library.connect import sentences
from earmark.library.record import Recorder

QUESTIONS = {  # what should find no rows, and what rows mean
    "SELECT COUNT(*) FROM heard WHERE id NOT IN (SELECT heard_id FROM embeddings)": (
        "{} hearings have no embedding"
    ),
    "SELECT COUNT(*) FROM heard JOIN models ON models.id = model_id"
    " WHERE length(scores) <> length(thresholds)": "{} hearings do not fit their model's tags",
    "SELECT COUNT(*) FROM embeddings JOIN heard ON heard.id = heard_id JOIN models"
    " ON models.id = model_id WHERE length(embedding) <> 4 * dimensions": (
        "{} embeddings do not fit their model"
    ),
    "SELECT COUNT(*) FROM tracks WHERE (sound_id IS NULL) = (error IS NULL)": (
        "{} files have neither a sound nor an error, or both"
    ),
    "SELECT COUNT(*) FROM tracks WHERE sound_id IS NOT NULL AND sound_id NOT IN"
    " (SELECT sound_id FROM heard)": "{} files were never heard",
}
LISTED = 20  # of SQLite's own complaints


def check_library(path: str | os.PathLike) -> list[str]:
    """What is wrong with a library, a sentence each; nothing where all is well.

    Raises
    ------
    LibraryError
        It cannot be opened at all.
    """
    with Recorder(path, make=False) as recorder, sentences(recorder.path):
        sql = recorder.connection
        told = [row[0] for row in sql.execute(f"PRAGMA integrity_check({LISTED})")]
        wrong = [sentence for sentence in told if sentence != "ok"]
        wrong += [
            f"a row of {table} refers to one of {parent} that is not there"
            for table, _, parent, _ in sql.execute("PRAGMA foreign_key_check").fetchmany(LISTED)
        ]
        for question, sentence in QUESTIONS.items():
            if count := sql.execute(question).fetchone()[0]:
                wrong.append(sentence.format(count))
        return wrong


def forget(library: str | os.PathLike, path: str | os.PathLike) -> int:
    """Forget a file, or all below a folder, whether they exist or not; files are not touched.

    What was heard in them is forgotten with them, unless another file holds the same sound.

    Parameters
    ----------
    library, path : path

    Returns
    -------
    int, how many files
    """
    wanted = os.path.realpath(path)
    folder, name = os.path.split(os.path.abspath(path))
    folder = os.path.realpath(folder)
    with (
        Recorder(library, make=False) as recorder,
        sentences(recorder.path),
        recorder.transaction(),
    ):
        sql = recorder.connection
        below = [
            (id,)
            for id, known in sql.execute("SELECT id, path FROM folders").fetchall()
            if os.fsdecode(known) == wanted
            or os.fsdecode(known).startswith(os.path.join(wanted, ""))
        ]
        (before,) = sql.execute("SELECT COUNT(*) FROM tracks").fetchone()
        sql.executemany("DELETE FROM tracks WHERE folder_id = ?", below)
        sql.execute(
            "DELETE FROM tracks WHERE name = ? AND folder_id ="
            " (SELECT id FROM folders WHERE path = ?)",
            [os.fsencode(name), os.fsencode(folder)],
        )
        sql.execute(
            "DELETE FROM sounds WHERE id NOT IN"
            " (SELECT sound_id FROM tracks WHERE sound_id IS NOT NULL)"
        )
        sql.execute("DELETE FROM folders WHERE id NOT IN (SELECT folder_id FROM tracks)")
        (after,) = sql.execute("SELECT COUNT(*) FROM tracks").fetchone()
    return before - after
