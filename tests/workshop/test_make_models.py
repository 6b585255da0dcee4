"""The way from the corpus to every shipped model: whole, in order, and its first steps for real."""

import importlib
import shlex
from pathlib import Path

import pytest
from sounds import music, write
from tiny_teachers import write_teachers

from earmark.errors import TrainingError
from earmark.zoo.zoo import model_names
from workshop.corpus import load_corpus
from workshop.made_of import made_of
from workshop.make_models import Plan, main, run
from workshop.recipes import workshop_recipes
from workshop.shards import join_shards
from workshop.tracks import load_tracks

HEAD = "file,split,source,kind,artist,group,tags,not_tags,mtat_tags\n"


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """A corpus of two sounds, teachers that are small networks, windows of one shard."""
    for name in ("corpus", "teachers"):
        (tmp_path / name).mkdir()
    for seed, name in enumerate("ab"):
        write(tmp_path / "corpus" / f"{name}.wav", music(7, 16000, 1, seed), 16000)
    rows = [f"{name}.wav,train,s,song,,{name},rock,,\n" for name in "ab"]
    (tmp_path / "corpus" / "corpus.csv").write_text(HEAD + "".join(rows))
    write_teachers(tmp_path / "teachers")
    return Plan(tmp_path / "corpus", tmp_path / "teachers", tmp_path / "runs", None, 256, 256)


def test_the_plan_makes_every_model_by_every_recipe(plan: Plan) -> None:
    steps = list(plan.steps())
    exported = [step.arguments[0] for step in steps if step.module == "export"]
    assert sorted(exported) == sorted([*model_names(), "elder"])
    trained = {step.arguments[0] for step in steps if step.module == "train"}
    assert trained == set(workshop_recipes())
    assert len({step.makes for step in steps}) == len(steps)


def test_each_step_needs_only_what_earlier_ones_made(plan: Plan) -> None:
    made: set[Path] = set()
    needs = ("--start", "--model", "--heard", "--run", "--tracks", "--windows", "--worn")
    for step in plan.steps():
        words = step.arguments
        wanted = {words[i + 1] for i, word in enumerate(words) if word in needs}
        if step.module in ("soup", "shards"):
            wanted |= {word.partition(":")[0] for word in words[: words.index("-o")]}
        folders = {str(path.parent) for path in made}
        assert wanted <= folders, step.text()
        made.add(step.makes)


def test_the_commands_can_be_parsed(plan: Plan, capsys: pytest.CaptureFixture) -> None:
    where = ["--corpus", str(plan.corpus), "--teachers", str(plan.teachers), "--print"]
    assert main(where) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(list(plan.steps()))
    for line in lines:
        python, _, module, *_ = shlex.split(line)
        assert python == "python"
        assert callable(importlib.import_module(module).main)


def test_the_first_steps_run_and_are_not_done_twice(plan: Plan) -> None:
    steps = list(plan.steps())
    windows, tracks, worn = steps[0], steps[3], steps[4]
    assert [step.module for step in (windows, tracks, worn)] == ["windows", "tracks", "worn"]
    for step in (tracks, worn):
        assert run(step)
        assert step.makes.exists()
        assert not run(step)
    corpus = load_corpus(plan.corpus, plan.runs / "corpus", 1)
    clean, other = (load_tracks(plan.runs / name, corpus) for name in ("tracks", "worn"))
    assert len(clean["mel"]) == 6
    assert (clean["MTT_vgg"] == other["MTT_vgg"]).all() and (clean["mel"] != other["mel"]).any()
    assert made_of(plan.runs / "tracks")["corpus"] == corpus.sound


def test_shards_are_joined_if_they_are_of_one_corpus(tmp_path: Path) -> None:
    from workshop.made_of import note

    for name, count in (("a", 3), ("b", 2)):
        (tmp_path / name).mkdir()
        for number in range(count):
            (tmp_path / name / f"windows-{number:05d}.npz").write_text(f"{name}{number}")
        note(tmp_path / name, {"corpus": "c", "teachers": "t", "seed": name})
    both = [(tmp_path / "a", 2), (tmp_path / "b", None)]
    assert join_shards(both, tmp_path / "out") == 4
    found = [path.read_text() for path in sorted((tmp_path / "out").glob("*.npz"))]
    assert found == ["a0", "a1", "b0", "b1"]
    with pytest.raises(TrainingError, match="has 2 shards of windows, not 3"):
        join_shards([(tmp_path / "b", 3)], tmp_path / "out")
    note(tmp_path / "b", {"corpus": "d", "teachers": "t"})
    with pytest.raises(TrainingError, match="do not go together"):
        join_shards(both, tmp_path / "out")
