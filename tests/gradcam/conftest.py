import keras
import pytest

from gradcam.backends.keras.network import KerasNetwork
from tests.gradcam import networks


@pytest.fixture(scope="session")
def batch():
    return networks.pictures(4)


@pytest.fixture(scope="session")
def flat_model():
    return networks.flat(keras)


@pytest.fixture(scope="session")
def flat_network(flat_model):
    return KerasNetwork(flat_model, "flat.h5")


@pytest.fixture(scope="session")
def mobile_network():
    return KerasNetwork(networks.mobile(keras), "mobile.h5")
