"""A folder with anomalies: the demo's network as trunk, a mixture of its features, materials."""

import shutil

import numpy as np
from PIL import Image

import gradcam
from tests.gradcam.anomaly.textures import DEMO, KINDS, LAYER, defective, scored_textures, sound

TOML = """name = "Sheets"
data = "testing"
[input]
scaling = "0..1"
resize = "squash"
[anomaly]
mixture = "mixture.npz"
layer = "{layer}"
threshold = {threshold}
"""


def written(picture, path):
    """A picture as a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.rint(picture * 255).astype(np.uint8)).save(path)


def mixture_file(network, path):
    """The mixture of a scored network as arrays."""
    scoring = network.scoring
    own = scoring.mixture
    np.savez(
        path, weights=own.weights, means=own.means, covariances=own.covariances,
        mean=scoring.mean, scale=scoring.deviation, projection=scoring.projection,
    )  # fmt: skip


def anomaly_folder(folder, each=4, threshold=4.0):
    """Write a project of `each` pictures a kind, and twice as many sound ones."""
    shutil.copy(DEMO, folder / "model.h5")
    network = scored_textures(gradcam.load_network(DEMO), LAYER)
    mixture_file(network, folder / "mixture.npz")
    (folder / "project.toml").write_text(TOML.format(layer=LAYER, threshold=threshold))
    rng = np.random.default_rng(11)
    for number in range(2 * each):
        written(sound(rng), folder / "testing" / "good" / f"{number}.png")
    for kind in KINDS:
        for number in range(each):
            written(defective(rng, kind)[0], folder / "testing" / kind / f"{number}.png")
    return folder
