"""The training loop and its losses on small nets: they learn, resume, and average."""

import json
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from earmark.training.architectures import cnn3, resnet
from earmark.training.fit import Fit
from earmark.training.losses import normalised_crossentropy, weighted_binary_crossentropy

SHAPES = {resnet: (94, 96), cnn3: (682, 48)}


@pytest.mark.parametrize("architecture", SHAPES, ids=lambda module: module.__name__.split(".")[-1])
def test_gives_logits_and_an_embedding(architecture) -> None:
    network = architecture.create(tags=11).eval()
    logits, embedding = network(torch.rand(2, *SHAPES[architecture]))
    assert logits.shape == (2, 11)
    assert embedding.shape[0] == 2 and 128 <= embedding.shape[1] <= 256


@pytest.mark.parametrize("architecture", SHAPES, ids=lambda module: module.__name__.split(".")[-1])
def test_learns_one_batch_by_heart(architecture) -> None:
    torch.manual_seed(0)
    network = architecture.create(tags=6, dropout=0.0)
    mel = torch.rand(4, *SHAPES[architecture])
    wanted = torch.tensor([0, 1, 2, 3])
    targets = nn.functional.one_hot(wanted, 6).float()
    optimiser = torch.optim.Adam(network.parameters(), 1e-3)
    softmax = network.activation == "softmax"
    for _ in range(40):
        logits = network(mel)[0]
        loss = (
            normalised_crossentropy(logits, targets)
            if softmax
            else weighted_binary_crossentropy(logits, targets, torch.ones(4, 6))
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss < 0.3
    assert (network(mel)[0].argmax(1) == wanted).all()


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


def small_fit(folder: Path, epochs: int) -> Fit:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.Dropout(0.2), nn.Linear(8, 3))
    optimiser = torch.optim.AdamW(network.parameters(), 1e-2)

    def batches(epoch: int):
        rng = np.random.default_rng(epoch)
        for _ in range(20):
            mel = torch.from_numpy(rng.random((16, 5), dtype=np.float32))
            yield mel, (mel[:, :3] > 0.5).float()

    return Fit(
        network=network,
        batches=batches,
        loss=lambda net, batch: nn.functional.binary_cross_entropy_with_logits(
            net(batch[0]), batch[1]
        ),
        optimiser=optimiser,
        schedule=torch.optim.lr_scheduler.OneCycleLR(optimiser, 1e-2, total_steps=80),
        epochs=epochs,
        average=0.9,
        folder=folder,
    )


def test_a_resumed_run_equals_an_unbroken_one(tmp_path: Path) -> None:
    whole = small_fit(tmp_path / "whole", 4).run()
    small_fit(tmp_path / "broken", 2).run()
    resumed = small_fit(tmp_path / "broken", 4).run()
    for name, tensor in whole.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], tensor, msg=name)


def test_the_log_has_a_line_an_epoch(tmp_path: Path) -> None:
    small_fit(tmp_path, 3).run()
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2, 3]
    assert lines[-1]["loss"] < lines[0]["loss"]


def test_averaged_weights_follow_slowly(tmp_path: Path) -> None:
    fit = small_fit(tmp_path, 1)
    first = deepcopy(fit.network.state_dict())["0.weight"]
    averaged = fit.run().state_dict()["0.weight"]
    last = fit.network.state_dict()["0.weight"]
    assert 0 < (averaged - first).norm() < (last - first).norm()
