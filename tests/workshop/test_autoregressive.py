"""Autoregressive mixtures: likelihoods, the fit, the regression, and the network that scores."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from earmark.sound.features.mfcc import dct_basis
from earmark.training.networks import ar
from workshop.autoregressive.context import fit_logistic
from workshop.autoregressive.learn import learn_mixtures
from workshop.autoregressive.mixture import Mixtures, fitted, solved, step
from workshop.autoregressive.scatter import Cepstra, fit_cepstra, scatter

DIMENSIONS = 3


def plain(order: int = 1, lag: int = 1) -> Cepstra:
    """Cepstra that are the frames themselves."""
    identity = np.eye(DIMENSIONS, dtype=np.float32)
    return Cepstra(identity, np.zeros(DIMENSIONS, np.float32), order, lag)


def process(coefficient: float, n: int, frames: int, lag: int, seed: int) -> np.ndarray:
    """Windows of ``x_t = coefficient * x_{t-lag} + noise`` of variance 1."""
    noise = np.random.default_rng(seed).standard_normal((n, frames + 200, DIMENSIONS))
    x = np.zeros_like(noise)
    for t in range(lag, x.shape[1]):
        x[:, t] = coefficient * x[:, t - lag] + noise[:, t]
    return x[:, 200:].astype(np.float32)


def test_the_basis_is_orthonormal() -> None:
    basis = dct_basis(96, 20)
    np.testing.assert_allclose(basis.T @ basis, np.eye(20), atol=1e-5)


def test_cepstra_have_mean_0_and_variance_1() -> None:
    mels = np.random.default_rng(0).gamma(2, 1, (50, 30, 24))
    cepstra = fit_cepstra(mels, 5, 1, 1)
    x = mels @ cepstra.basis + cepstra.offset
    np.testing.assert_allclose(x.mean((0, 1)), 0, atol=1e-4)
    np.testing.assert_allclose(x.std((0, 1)), 1, atol=1e-4)


@pytest.mark.parametrize(("order", "lag"), [(1, 1), (1, 3), (2, 2)])
def test_the_log_likelihood_is_that_of_gaussian_residuals(order: int, lag: int) -> None:
    cepstra = plain(order, lag)
    train, other = (process(0.6, 40, 60, lag, seed) for seed in (0, 1))
    mean = scatter(train, cepstra).mean(0, keepdims=True)
    quadratic, constant = solved(mean, cepstra.size, DIMENSIONS)
    found = scatter(other, cepstra) @ quadratic + constant

    reach = order * lag
    past = [train[:, reach - i * lag : 60 - i * lag] for i in range(1 + order)]
    ones = np.ones_like(past[0][..., :1])
    design = np.concatenate([*past[1:], ones], 2).reshape(-1, DIMENSIONS * order + 1)
    wanted = past[0].reshape(-1, DIMENSIONS)
    regression = np.linalg.lstsq(design, wanted, rcond=None)[0]
    covariance = np.cov((wanted - design @ regression).T, bias=True)
    past = [other[:, reach - i * lag : 60 - i * lag] for i in range(1 + order)]
    residual = past[0] - np.concatenate([*past[1:], ones], 2) @ regression
    distance = np.einsum("nti,ij,ntj->nt", residual, np.linalg.inv(covariance), residual)
    density = -0.5 * (distance + np.log(np.linalg.det(2 * np.pi * covariance)))
    np.testing.assert_allclose(found[:, 0], density.mean(1), atol=0.01)


def test_expectation_maximisation_parts_two_processes() -> None:
    cepstra = plain()
    windows = np.concatenate([process(0.9, 60, 50, 1, 0), process(-0.5, 40, 50, 1, 1)])
    scatters = scatter(windows, cepstra)
    start = np.stack([scatters[[0, 1, 70]].mean(0), scatters[[2, 71, 72]].mean(0)])  # mixed up
    mixture = fitted(start, cepstra.size, DIMENSIONS, np.log(np.full((1, 2), 0.5, np.float32)))
    likelihoods = []
    for _ in range(12):
        mixture, likelihood = step(
            mixture, scatters, np.ones((100, 1), np.float32), cepstra.size, DIMENSIONS
        )
        likelihoods.append(likelihood)
    assert likelihoods[-1] > likelihoods[0] + 0.1
    which = mixture.joint(scatters)[:, 0].argmax(1)
    assert len(set(which[:60])) == len(set(which[60:])) == 1 and which[0] != which[-1]
    share = np.exp(mixture.log_weight[0])
    assert abs(share[which[0]] - 0.6) < 0.1


def test_a_window_counts_as_much_as_its_weight() -> None:
    cepstra = plain()
    scatters = scatter(
        np.concatenate([process(0.9, 30, 50, 1, 0), process(0, 30, 50, 1, 1)]), cepstra
    )
    weights = np.zeros((60, 2), np.float32)
    weights[:30, 0] = weights[30:, 1] = 1
    blank = Mixtures(
        np.zeros((scatters.shape[1], 2), np.float32), np.zeros(2, np.float32), np.zeros((2, 1))
    )
    both, _ = step(blank, scatters, weights, cepstra.size, DIMENSIONS)
    fits = both.log_likelihood(scatters)
    assert (fits[:30, 0] > fits[:30, 1]).mean() > 0.95
    assert (fits[30:, 1] > fits[30:, 0]).mean() > 0.95


def test_the_regression_is_scikit_learns() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((400, 4)).astype(np.float32)
    y = (x @ [1.0, -2.0, 0.5, 0.0] + rng.standard_normal(400) > 0.3).astype(np.float32)
    ours, intercept = fit_logistic(x, y[:, None], np.ones((400, 1), np.float32), 500, penalty=0.01)
    theirs = LogisticRegression(C=1 / (2 * 0.01 * 400), tol=1e-8).fit(x, y)
    np.testing.assert_allclose(ours[:, 0], theirs.coef_[0], atol=2e-3)
    np.testing.assert_allclose(intercept, theirs.intercept_, atol=2e-3)


def test_what_is_fitted_runs_as_a_network_and_tells_tags_apart() -> None:
    torch.manual_seed(0)
    network = ar.create(tags=2, n_mels=DIMENSIONS, cepstra=3, lag=1, mixture=2, music=4)
    mel = np.concatenate([process(0.9, 80, 40, 1, 0), process(-0.5, 80, 40, 1, 1)])
    target = np.repeat(np.eye(2, dtype=np.float32), 80, 0)
    data = {"mel": mel, "target": target, "weight": np.ones_like(target)}
    said: list[str] = []
    loss = learn_mixtures(network, data, 4, 0, said.append)
    assert loss < 0.2 and any("round 4/4" in line for line in said)
    fresh = np.concatenate([process(0.9, 20, 40, 1, 2), process(-0.5, 20, 40, 1, 3)])
    with torch.no_grad():
        logits, embedding = network.eval()(torch.from_numpy(fresh))
    assert embedding.shape == (40, 2 + 4)
    right = logits.argmax(1).numpy() == np.repeat([0, 1], 20)
    assert right.mean() > 0.95
