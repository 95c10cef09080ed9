"""Write pytorch_grad_cam.npz: the maps that pytorch-grad-cam gives for the networks of `ported`.

Run once and kept, so that no test needs PyTorch. In an environment of its own, from the project's
folder:

    python3 -m venv /tmp/torch
    /tmp/torch/bin/pip install -r requirements.txt torch==2.13.0 ttach==0.0.3
    /tmp/torch/bin/pip install --no-deps grad-cam==1.5.7
    /tmp/torch/bin/python -m tests.parity.make_pytorch_grad_cam

A build of torch for the CPU will do. The file holds, for each network, `weights/0...` in Keras'
order and torch's `logits`; then `map/METHOD/LAYER`: (N, h, w), signed, as the library has it before
its ReLU and its scaling. Picture i of the N is explained for class `classes[i]`: its logit, and for
Grad-CAM++ a hundredfold one (`ported.LOUDER`), since the library adds 1e-6 to a denominator of g².
"""

import sys
from importlib.metadata import version
from pathlib import Path
from unittest.mock import MagicMock

import keras
import numpy as np
import torch
from torch import nn

from tests.parity import ported

# Imported by the package for pictures and for segmentation; nothing here uses it.
for name in ("torchvision", "torchvision.transforms", "torchvision.transforms.functional"):
    sys.modules[name] = MagicMock()

import pytorch_grad_cam as peer  # noqa: E402

FILE = Path(__file__).with_name("pytorch_grad_cam.npz")
CLASSES = (2, 0, 1)  # of the pictures, each another
METHODS = {
    "grad-cam": peer.GradCAM,
    ported.PLUS_PLUS: peer.GradCAMPlusPlus,
    "hires-cam": peer.HiResCAM,
    "element-wise": peer.GradCAMElementWise,
    "xgrad-cam": peer.XGradCAM,
    "layer-cam": peer.LayerCAM,
    "eigen-cam": peer.EigenCAM,
    "eigen-grad-cam": peer.EigenGradCAM,
}
PACKAGES = ("grad-cam", "torch", "keras", "numpy")


def in_torch(model):
    """The same network with channels first; its modules have the layers' names."""
    modules, shape = {}, None
    for layer in model.layers[1:]:
        match layer:
            case keras.layers.Conv2D():
                kernel, bias = layer.get_weights()
                *size, before, after = kernel.shape
                made = nn.Conv2d(before, after, size, padding=layer.padding)
                _fill(made, kernel.transpose(3, 2, 0, 1), bias)
            case keras.layers.ReLU():
                made = nn.ReLU()
            case keras.layers.MaxPooling2D():
                made = nn.MaxPool2d(layer.pool_size)
            case keras.layers.GlobalAveragePooling2D():
                made, shape = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()), (1, 1, -1)
            case keras.layers.Flatten():
                made, shape = nn.Flatten(), layer.input.shape[1:]
            case keras.layers.Dense():
                kernel, bias = layer.get_weights()
                made = nn.Linear(*kernel.shape)
                # Keras flattens (h, w, C), torch (C, h, w).
                cells = kernel.reshape(*shape, layer.units).transpose(3, 2, 0, 1)
                _fill(made, cells.reshape(layer.units, -1), bias)
        modules[layer.name] = made
    network = nn.Sequential()
    for name, module in modules.items():
        network.add_module(name, module)
    return network.eval()


def _fill(module, kernel, bias):
    with torch.no_grad():
        module.weight.copy_(torch.from_numpy(kernel.copy()))
        module.bias.copy_(torch.from_numpy(bias))


def raw_maps(method, network, layer, batch):
    """What the library has in hand before it takes the positive part and scales it."""
    cam = METHODS[method](network, [network.get_submodule(layer)])
    factor = ported.LOUDER if method == ported.PLUS_PLUS else 1.0
    seen, image = [], cam.get_cam_image

    def watched(*given):
        seen.append(image(*given))
        return seen[-1]

    cam.get_cam_image = watched
    cam(batch, [lambda logits, index=index: factor * logits[index] for index in CLASSES])
    (maps,) = seen
    return maps.astype(np.float32)


def main():
    batch = ported.pictures()
    found = {"classes": np.array(CLASSES), "batch": batch}
    found["versions"] = np.array(", ".join(f"{name} {version(name)}" for name in PACKAGES))
    first = torch.from_numpy(batch.transpose(0, 3, 1, 2).copy())
    for name, build in ported.NETWORKS.items():
        model = build(keras)
        network = in_torch(model)
        logits = network(first).detach().numpy()
        np.testing.assert_allclose(logits, model.predict(batch, verbose=0), atol=1e-5)
        found[f"{name}/logits"] = logits
        for number, weights in enumerate(model.get_weights()):
            found[f"{name}/weights/{number}"] = weights
        for layer in ported.LAYERS:
            for method in METHODS:
                found[f"{name}/map/{method}/{layer}"] = raw_maps(method, network, layer, first)
    np.savez_compressed(FILE, **found)
    print(f"{FILE.name}: {FILE.stat().st_size / 1024:.0f} kB; {found['versions']}")


if __name__ == "__main__":
    main()
