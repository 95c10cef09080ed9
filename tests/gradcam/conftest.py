import keras
import pytest

import gradcam
from tests.gradcam import networks


@pytest.fixture(scope="session")
def batch():
    return networks.pictures(4)


@pytest.fixture(scope="session")
def flat_model():
    return networks.flat(keras)


@pytest.fixture(scope="session")
def flat_network(flat_model):
    return gradcam.Network(flat_model, "flat.h5")


@pytest.fixture(scope="session")
def mobile_network():
    return gradcam.Network(networks.mobile(keras), "mobile.h5")
