"""Every shipped model from the corpus and the teachers: all steps, in order, each once.

``python -m workshop.make_models --corpus CORPUS --teachers TEACHERS --print`` names the commands;
without ``--print`` it runs them. A step whose result is there is not done again, and one that was
stopped goes on, so the same command finishes what a stop cut short. Models are written to
``runs/zoo``; what is good there is copied over ``src/earmark/zoo`` by hand.
"""

import argparse
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from earmark.training.loop.checkpoint import WEIGHTS
from earmark.training.recipes.recipe import COPY
from earmark.zoo.card import CARD
from workshop.export import MODELS

ALONE = ("voicenet", "cnn", "cnn2", "cnn3", "crnn", "ar")  # one training each
SHARES = 30  # shards of clean windows beside ten of voices and ten of worn ones


@dataclass(frozen=True)
class Step:
    """One command.

    Attributes
    ----------
    module : str, of the workshop
    arguments : tuple of str
    makes : Path, what is there when it has ended
    resumes : bool, whether ``--resume`` makes it go on with a run that was stopped
    """

    module: str
    arguments: tuple[str, ...]
    makes: Path
    resumes: bool = False

    def command(self) -> list[str]:
        """What is run."""
        going = self.resumes and (self.makes.parent / COPY).exists()
        more = ["--resume"] if going else []
        return [sys.executable, "-m", f"workshop.{self.module}", *self.arguments, *more]

    def text(self) -> str:
        """The command for people."""
        return shlex.join(["python", "-m", f"workshop.{self.module}", *self.arguments])


@dataclass(frozen=True)
class Plan:
    """Where all of it lies.

    Attributes
    ----------
    corpus, teachers : Path
    runs : Path, gets everything between, and the models
    more : Path or None, a corpus that nobody labelled, with windows drawn from it
    count : int, windows that are drawn
    few : int, windows with voices, and worn ones
    heard, heard_more : int, windows that elder alone hears, drawn from either corpus
    """

    corpus: Path
    teachers: Path
    runs: Path = Path("runs")
    more: Path | None = None
    count: int = 100_096
    few: int = 2560
    heard: int = 129_024
    heard_more: int = 58_880

    def steps(self) -> Iterator[Step]:
        """All steps; each needs only what those before it made."""
        yield from self._labelled()
        yield from self._elder()
        yield from self._followers()
        for name in ALONE:
            yield self._train(name, name)
            yield self._export(name, name)

    def _labelled(self) -> Iterator[Step]:
        yield self._windows("windows", self.count)
        yield self._windows("voices", self.few, "--voices", "1", "--seed", "7")
        yield self._windows("worn-heard", self.few, "--wear", "1")
        last = -(-self._files() // 32) - 1
        yield Step(
            "tracks", self._sources("-o", "tracks"), self.runs / "tracks" / f"tracks-{last:05d}.npz"
        )
        worn = ("--corpus", str(self.corpus), "--cache", self._at("corpus"))
        worn += ("--tracks", self._at("tracks"), "-o", self._at("worn"))
        yield Step("worn", worn, self.runs / "worn" / f"tracks-{last:05d}.npz")
        clean = min(SHARES, -(-self.count // 256))
        parts = (f"{self._at('windows')}:{clean}", self._at("voices"), self._at("worn-heard"))
        yield Step("shards", (*parts, "-o", self._at("mixed")), self.runs / "mixed/made_of.json")

    def _elder(self) -> Iterator[Step]:
        yield self._train("elder-start", "elder-start")
        yield self._train("elder", "elder-7", "--start", self._at("elder-start"))
        yield self._train("elder", "elder-14", "--start", self._at("elder-7"), "--seed", "1")
        on = ("--start", self._at("elder-14"), "--epochs", "5", *self._more())
        yield self._train("elder", "elder-19", *on)
        yield self._soup("elder-before", "elder-7", "elder-19")
        worn = ("--start", self._at("elder-before"), "--worn", self._at("worn"))
        yield self._train("elder-worn", "elder-worn", *worn, windows="mixed")
        yield self._soup("elder-mean", "elder-before", "elder-worn")
        yield self._export("elder", "elder-mean", *self._more())

    def _followers(self) -> Iterator[Step]:
        """What elder teaches: `default` begins with its weights, `small` with those of slim."""
        yield self._heard(self.corpus, self.runs / "corpus", self.runs / "heard", self.heard)
        if self.more:
            where = (self.more, self.more, self.more / "heard")
            yield self._heard(*where, self.heard_more, "--voices", "0")
        heard = ("--corpus", str(self.corpus), "--cache", self._at("corpus"))
        heard += ("--heard", self._at("heard"), *self._more())
        yield self._train("slim", "slim")
        for name, start in (("default", "zoo/elder"), ("small", "slim"), ("small-on", "small")):
            arguments = (name, *heard, "--start", self._at(start), "-o", self._at(name))
            yield Step("train", arguments, self.runs / name / "done", resumes=True)
        for name, run in (("default", "default"), ("small", "small-on")):
            yield self._export(name, run, *self._more())
        voices = ("--corpus", str(self.corpus), "--model", self._at("zoo/default"))
        voices += ("--lessons", self._at("voice-lessons"), "-o", self._at("voices/voices.toml"))
        yield Step("voice_head", voices, self.runs / "voices" / "voices.toml")

    def _heard(self, corpus: Path, cache: Path, out: Path, count: int, *more: str) -> Step:
        where = ("--corpus", str(corpus), "--cache", str(cache), "-o", str(out))
        model = ("--model", self._at("zoo/elder"), "--count", str(count))
        last = out / f"drawn-{-(-count // 256) - 1:05d}.npz"
        return Step("heard", ("default", *where, *model, *more), last)

    def _more(self) -> tuple[str, ...]:
        return ("--more", str(self.more)) if self.more else ()

    def _files(self) -> int:
        with open(self.corpus / "corpus.csv", encoding="utf-8") as file:
            return sum(1 for _ in file) - 1

    def _at(self, name: str) -> str:
        return str(self.runs / name)

    def _sources(self, *more: str) -> tuple[str, ...]:
        folders = ("--corpus", str(self.corpus), "--teachers", str(self.teachers))
        rest = [self._at(word) if option == "-o" else word for option, word in _pairs(more)]
        return (*folders, "--cache", self._at("corpus"), *rest)

    def _windows(self, name: str, count: int, *more: str) -> Step:
        last = self.runs / name / f"windows-{-(-count // 256) - 1:05d}.npz"
        return Step("windows", self._sources("--count", str(count), *more, "-o", name), last)

    def _train(self, recipe: str, run: str, *more: str, windows: str = "windows") -> Step:
        where = ("--windows", self._at(windows), "--tracks", self._at("tracks"))
        arguments = (recipe, *self._sources("-o", run), *where, *more)
        return Step("train", arguments, self.runs / run / "done", resumes=True)

    def _soup(self, out: str, *runs: str) -> Step:
        parts = tuple(map(self._at, runs))
        return Step("soup", (*parts, "-o", self._at(out)), self.runs / out / WEIGHTS)

    def _export(self, model: str, run: str, *more: str) -> Step:
        where = ("--tracks", self._at("tracks"), "--run", self._at(run), *more)
        arguments = (model, *self._sources("-o", f"zoo/{model}"), *where)
        return Step("export", arguments, self.runs / "zoo" / model / CARD)


def _pairs(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each word with the one before it."""
    return zip(("", *words), words, strict=False)


def run(step: Step) -> bool:
    """Do a step that is not done yet; whether it was."""
    if step.makes.exists():
        return False
    print(step.text(), flush=True)
    subprocess.run(step.command(), check=True)
    if step.resumes:  # a run has weights before it has ended
        step.makes.touch()
    return True


def main(arguments: list[str] | None = None) -> int:
    """Make every shipped model."""
    parser = argparse.ArgumentParser(
        prog="python -m workshop.make_models", description=main.__doc__
    )
    parser.add_argument("--corpus", type=Path, required=True, help="folder with corpus.csv")
    parser.add_argument("--teachers", type=Path, required=True, help="folder with the teachers")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="everything in between")
    parser.add_argument("--more", type=Path, help="a corpus that nobody labelled, with windows")
    parser.add_argument("--count", type=int, default=Plan.count, help="windows that are drawn")
    parser.add_argument("--few", type=int, default=Plan.few, help="windows of voices; worn ones")
    parser.add_argument("--heard", type=int, default=Plan.heard, help="windows for students")
    parser.add_argument("--heard-more", type=int, default=Plan.heard_more, help="those of --more")
    parser.add_argument("--steps", type=int, help="only the first steps")
    parser.add_argument("--print", action="store_true", dest="only_print", help="run nothing")
    options = vars(parser.parse_args(arguments))
    only_print, first = options.pop("only_print"), options.pop("steps")
    for step in list(Plan(**options).steps())[:first]:
        if only_print:
            print(step.text())
        else:
            try:
                run(step)
            except subprocess.CalledProcessError as error:
                return error.returncode
    return 0


assert {*ALONE, "elder", "default", "small"} == set(MODELS)

if __name__ == "__main__":
    sys.exit(main())
