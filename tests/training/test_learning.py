"""The training loop and its losses on small nets: they learn, average, judge and stop."""

import json
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_run import tiny_fit
from torch import nn

from earmark.errors import TrainingError
from earmark.training.loop.checkpoint import load_checkpoint, read_log
from earmark.training.loop.losses import (
    LEAST_RATE,
    balanced,
    normalised_crossentropy,
    weighted_binary_crossentropy,
)
from earmark.training.recipes.recipe import Optimiser


def test_a_weight_of_zero_leaves_a_tag_out() -> None:
    logits, targets = torch.tensor([[0.0, 5.0]]), torch.tensor([[1.0, 0.0]])
    loss = weighted_binary_crossentropy(logits, targets, torch.tensor([[1.0, 0.0]]))
    assert loss == pytest.approx(np.log(2), abs=1e-6)


def test_the_original_loss_normalises_labels_to_sum_1() -> None:
    logits = torch.tensor([[2.0, 1.0, -1.0]])
    expected = -(logits.log_softmax(1)[0, :2].mean())
    assert normalised_crossentropy(logits, torch.tensor([[1.0, 1.0, 0.0]])) == pytest.approx(
        float(expected), abs=1e-6
    )


def test_the_log_has_a_line_an_epoch(tmp_path: Path) -> None:
    tiny_fit(tmp_path, epochs=3).run()
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2, 3]
    assert lines[-1]["loss"] < lines[0]["loss"]


def test_averaged_weights_follow_slowly(tmp_path: Path) -> None:
    fit = tiny_fit(tmp_path, epochs=1)
    first = deepcopy(fit.network.state_dict())["0.weight"]
    averaged = fit.run().state_dict()["0.weight"]
    last = fit.network.state_dict()["0.weight"]
    assert 0 < (averaged - first).norm() < (last - first).norm()


def test_without_averaging_the_last_weights_are_the_result(tmp_path: Path) -> None:
    fit = tiny_fit(tmp_path, epochs=1)
    fit.settings = Optimiser(average=0)
    result = fit.run().state_dict()
    for name, tensor in fit.network.state_dict().items():
        torch.testing.assert_close(result[name], tensor)


def test_half_precision_is_used_where_it_is_asked_for(tmp_path: Path) -> None:
    losses, kinds = [], []
    for precision in ("float32", "bfloat16"):
        fit = tiny_fit(tmp_path / precision, "plain", epochs=2)
        fit.settings = Optimiser(precision=precision)
        fit.network.register_forward_hook(lambda net, given, made: kinds.append(made.dtype))
        fit.run()
        losses.append(read_log(tmp_path / precision)[-1]["loss"])
    assert kinds[0] == torch.float32 and kinds[-1] == torch.bfloat16
    assert losses[0] == pytest.approx(losses[1], abs=0.01)


def test_training_ends_without_progress_and_keeps_the_best(tmp_path: Path) -> None:
    given = iter([0.5, 0.7, 0.6, 0.7, 0.65])
    seen = []

    def validate(network: nn.Module) -> dict[str, float]:
        seen.append(deepcopy(network.state_dict()))
        return {"pr_auc": next(given), "roc_auc": 0.5, "valid_loss": 1.0}

    fit = tiny_fit(tmp_path, epochs=8, patience=3)
    fit.validate = validate
    result = fit.run().state_dict()
    assert [line["pr_auc"] for line in read_log(tmp_path)] == [0.5, 0.7, 0.6, 0.7, 0.65]
    for name, tensor in result.items():
        torch.testing.assert_close(tensor, seen[1][name])
    assert not torch.equal(result["0.weight"], seen[4]["0.weight"])
    again = tiny_fit(tmp_path, epochs=8, patience=3).run().state_dict()  # it has ended for good
    torch.testing.assert_close(again["0.weight"], result["0.weight"])
    assert len(read_log(tmp_path)) == 5


def test_the_lowest_validation_loss_can_be_watched(tmp_path: Path) -> None:
    given = iter([0.5, 0.3, 0.4])
    fit = tiny_fit(tmp_path, epochs=3, watch="valid_loss")
    fit.validate = lambda network: {"pr_auc": 0.5, "valid_loss": next(given)}
    fit.run()
    assert load_checkpoint(tmp_path, {}).best_epoch == 2


def test_a_loss_that_is_no_number_ends_the_run(tmp_path: Path) -> None:
    fit = tiny_fit(tmp_path)
    fit.optimiser.param_groups[0]["betas"] = (float("nan"), 0.9)
    with pytest.raises(TrainingError, match="epoch 1 is no number any more"):
        fit.run()


def test_rare_tags_weigh_more_the_more_balance_is_asked_for() -> None:
    rate = np.array([0.4, 0.1, LEAST_RATE, 0.0])
    torch.testing.assert_close(balanced(rate, 0.0), torch.ones(4))
    half, whole = balanced(rate, 0.5), balanced(rate, 1.0)
    assert half.mean() == pytest.approx(1) and whole.mean() == pytest.approx(1)
    assert half[1] / half[0] == pytest.approx(2)
    assert whole[1] / whole[0] == pytest.approx(4)
    assert half[3] == half[2] > half[1]  # what hardly ever comes does not outweigh everything
