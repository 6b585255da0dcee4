"""beets plug-in: what is heard, as fields of the beets library that queries can use.

``beet earmark [QUERY]`` listens to the items of a query, and newly imported ones are heard as well
(``auto: yes``). An item gets

* ``genres``, beets' own field, by a genre map, where it is empty (``genres: keep``; ``add`` puts
  ours behind what is there, ``replace`` takes its place, ``no`` leaves it alone),
* ``earmark_tags`` and ``earmark_mood``, the tags shown and those of them that are moods,
* ``earmark_violin`` and so on, the score of each tag shown, for ``beet ls earmark_violin:0.3..``,
* ``earmark_model``, who heard it.

beets stores them and, where it is told to write, writes ``genres`` into the files.
"""

import os
from collections.abc import Iterable

from beets import ui
from beets.dbcore import types
from beets.plugins import BeetsPlugin
from beets.ui import UserError

from earmark import EarmarkError, Tagger, Tagging
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.genres import GenreMap, find_map

KEPT = ("keep", "add", "replace", "no")
HEARD = "earmark_model"


def score_field(tag: str) -> str:
    """Name of the field that has a tag's score: 'female vocals' has 'earmark_female_vocals'."""
    return "earmark_" + "".join(c if c.isalnum() else "_" for c in tag.lower())


class EarmarkPlugin(BeetsPlugin):
    """Hears items and fills their fields."""

    item_types = {  # noqa: RUF012 - beets reads it from the class
        HEARD: types.STRING,
        "earmark_tags": types.STRING,
        "earmark_mood": types.STRING,
        **{score_field(tag): types.FLOAT for tag in official_vocabulary()},
    }

    def __init__(self) -> None:
        super().__init__("earmark")
        self.config.add(
            {"auto": True, "model": "default", "map": "discogs", "genres": "keep", "jobs": 1}
        )
        self._tagger: Tagger | None = None
        if self.config["auto"].get(bool):
            self.import_stages = [self.imported]

    def commands(self) -> list[ui.Subcommand]:
        """``beet earmark``."""
        command = ui.Subcommand("earmark", help="listen to items and tell which tags fit")
        command.parser.add_option(
            "-p", "--pretend", action="store_true", help="show what is heard, store nothing"
        )
        command.parser.add_option(
            "-f", "--force", action="store_true", help="hear again what was heard"
        )
        command.func = self._command
        return [command]

    def _command(self, library, options, query) -> None:
        items = [i for i in library.items(query) if options.force or not i.get(HEARD)]
        self.hear(items, pretend=bool(options.pretend), write=ui.should_write())

    def imported(self, session, task) -> None:
        """Hear what was just imported; beets writes the files itself afterwards."""
        self.hear([item for item in task.imported_items() if not item.get(HEARD)])

    def hear(self, items: Iterable, *, pretend: bool = False, write: bool = False) -> None:
        """Listen to items, and store and perhaps write what was heard.

        Parameters
        ----------
        items : iterable of beets.library.Item
        pretend : bool, whether to show it only
        write : bool, whether beets shall write the files
        """
        by_path = {os.fsdecode(item.path): item for item in items}
        if not by_path:
            return
        how = self.config["genres"].as_choice(KEPT)
        try:
            tagger = self._loaded()
            genre_map = find_map(self.config["map"].as_str(), tagger.card.vocabulary)
        except EarmarkError as error:
            raise UserError(f"earmark: {error}") from None
        for path, result in tagger.files(by_path, jobs=self.config["jobs"].get(int)):
            item = by_path[os.fsdecode(path)]
            if isinstance(result, EarmarkError):
                self._log.warning("{}", result)
                continue
            if result.warning:
                self._log.warning("{}", result.warning)
            tags = result.tags()
            if pretend:
                told = ", ".join(f"{tag} {score:.2f}" for tag, score in tags.items())
                ui.print_(f"{item}: {told or 'no tag is over its threshold'}")
                continue
            self._fill(item, result, tags, genre_map, how)
            if write:
                item.try_write()
            item.store()

    def _loaded(self) -> Tagger:
        if self._tagger is None:
            self._tagger = Tagger(self.config["model"].as_str())
        return self._tagger

    def _fill(
        self, item, result: Tagging, tags: dict[str, float], genre_map: GenreMap, how: str
    ) -> None:
        """Set the fields of one item; scores of an earlier hearing go."""
        for field in [key for key in item.keys(computed=False) if key in self.item_types]:
            del item[field]
        vocabulary = result.vocabulary
        item[HEARD] = result.model
        item["earmark_tags"] = "; ".join(tags)
        item["earmark_mood"] = "; ".join(t for t in tags if vocabulary.category(t) == "mood")
        for tag, score in tags.items():
            item[score_field(tag)] = round(score, 4)
        genres = list(result.genres(genre_map))
        there = list(item.get("genres") or [])
        if genres and (how == "replace" or (how == "keep" and not there)):
            item["genres"] = genres
        elif genres and how == "add":
            item["genres"] = there + [genre for genre in genres if genre not in there]
