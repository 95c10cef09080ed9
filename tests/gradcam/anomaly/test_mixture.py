"""Likelihoods of features, by hand and beside scikit-learn's."""

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from gradcam import NetworkError
from gradcam.anomaly.mixture import Mixture


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(3)
    features = rng.normal(size=(400, 5)) @ rng.normal(size=(5, 5)) + rng.integers(0, 3, (400, 1))
    return GaussianMixture(3, random_state=0).fit(features), features


@pytest.fixture(scope="module")
def mixture(fitted):
    own, _ = fitted
    return Mixture(own.weights_, own.means_, own.covariances_)


def test_a_standard_normal_is_as_likely_as_by_hand():
    plain = Mixture([1.0], [[0.0]], [[[1.0]]])
    expected = [-0.5 * np.log(2 * np.pi), -0.5 * np.log(2 * np.pi) - 2.0]
    np.testing.assert_allclose(plain.log_likelihood(np.array([[0.0], [2.0]])), expected)


def test_two_components_share_by_their_weights():
    both = Mixture([0.25, 0.75], [[-1.0], [1.0]], [[[1.0]], [[4.0]]])
    dense = 0.25 * np.exp(-0.5) / np.sqrt(2 * np.pi) + 0.75 * np.exp(-0.125) / np.sqrt(8 * np.pi)
    np.testing.assert_allclose(both.log_likelihood(np.zeros((1, 1))), [np.log(dense)])


def test_it_says_what_scikit_learn_says(fitted, mixture):
    own, features = fitted
    np.testing.assert_allclose(mixture.log_likelihood(features), own.score_samples(features))
    shaped = features.reshape(20, 20, 5)
    np.testing.assert_allclose(mixture.log_likelihood(shaped).ravel(), own.score_samples(features))


def test_far_away_it_is_a_number_still(mixture):
    far = mixture.log_likelihood(np.full((1, 5), 1e4))
    assert np.isfinite(far).all()


def test_the_rise_is_that_of_finite_differences(fitted, mixture):
    features = fitted[1][:7]
    rise, step = mixture.rise(features), 1e-5
    for feature in range(5):
        moved = np.eye(5)[feature] * step
        up, down = (mixture.log_likelihood(features + sign * moved) for sign in (1, -1))
        np.testing.assert_allclose(rise[:, feature], (up - down) / (2 * step), rtol=1e-5)


def test_shares_of_the_distance_are_as_by_hand():
    """Deviations 1 and 2: distances of 3 and 2 are 9 and 1 squared, a tenth of all."""
    plain = Mixture([1.0], [[0.0, 0.0]], [[[1.0, 0.0], [0.0, 4.0]]])
    np.testing.assert_allclose(plain.distance_shares(np.array([3.0, 2.0])), [0.9, 0.1])
    np.testing.assert_allclose(plain.distance_shares(np.zeros(2)), [0.0, 0.0])


def test_shares_add_up_to_one_and_are_of_the_likeliest_component(fitted, mixture):
    features = fitted[1]
    shares = mixture.distance_shares(features)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    two = Mixture([0.5, 0.5], [[0.0, 0.0], [9.0, 9.0]], [np.eye(2), np.eye(2)])
    np.testing.assert_allclose(two.distance_shares(np.array([9.0, 8.0])), [0.0, 1.0])


@pytest.mark.parametrize(
    ("weights", "means", "covariances", "words"),
    [
        ([1.0], [[0.0, 0.0]], [[[1.0]]], "do not fit together"),
        ([0.5, 0.5], [[0.0]], [[[1.0]]], "do not fit together"),
        ([], np.zeros((0, 2)), np.zeros((0, 2, 2)), "do not fit together"),
        ([1.0], [[np.nan]], [[[1.0]]], "not finite"),
        ([0.5], [[0.0]], [[[1.0]]], "add up to 1"),
        ([1.0], [[0.0]], [[[-1.0]]], "not positive definite"),
        ([1.0], [[0.0, 0.0]], [[[1.0, 0.5], [0.0, 1.0]]], "not symmetric"),
    ],
)
def test_what_is_no_mixture_is_refused_in_a_sentence(weights, means, covariances, words):
    with pytest.raises(NetworkError, match=words) as refusal:
        Mixture(np.array(weights), np.array(means), np.array(covariances))
    assert str(refusal.value).endswith(".")
