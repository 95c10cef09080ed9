"""A back end in plain numpy, gradients by hand: how little one has to be.

Two convolutions of 3 × 3, the first with its ReLU, the second before one; between them pooling of
2 × 2, behind them a dense layer with softmax. Pictures are 12 × 16 × 3.
"""

import io

import numpy as np

from gradcam.abilities import Ability
from gradcam.formats import Holds
from gradcam.head import Head, Squash
from gradcam.layers import Layer
from gradcam.layout import Layout
from gradcam.network import Capture, Forward, Network
from gradcam.predicted import predicted_weights
from gradcam.shuffled import Shuffled
from gradcam.summary import Cost, Line, Summary

HEIGHT, WIDTH, COLOURS, FIRST, LAST, CLASSES = 12, 16, 3, 4, 5, 3
MAGIC = b"NUMPYNET"
SHAPES = {
    "first": ((3, 3, COLOURS, FIRST), (FIRST,)),
    "last": ((3, 3, FIRST, LAST), (LAST,)),
    "y_pred": ((3 * 5 * LAST, CLASSES), (CLASSES,)),
}
# What of the face goes with which ability; a network that lacks one does not write these.
OPERATIONS = {
    Ability.ACTIVATIONS: ("activations",),
    Ability.LAYER_GRADIENTS: ("captures",),
    Ability.INPUT_GRADIENTS: ("pixel_gradients",),
    Ability.REPLACEMENT: ("rest",),
    Ability.KERNELS: ("kernels",),
    Ability.SHUFFLING: ("shuffled",),
    Ability.STATISTICS: ("statistics",),
}


class Weighted:
    """A layer with weights."""

    def __init__(self, kernel, bias):
        self.kernel, self.bias = np.asarray(kernel, np.float64), np.asarray(bias, np.float64)

    def get_weights(self):
        return [self.kernel.astype(np.float32), self.bias.astype(np.float32)]

    def set_weights(self, weights):
        self.kernel, self.bias = (np.asarray(each, np.float64) for each in weights)


class NumpyNetwork(Network):
    def __init__(self, weights, name="numpy", digest="numpy"):
        """`weights` has for each of `SHAPES` a kernel and a bias."""
        self.weighted = {path: Weighted(*weights[path]) for path in SHAPES}
        self.learned = tuple(reversed(self.weighted))
        super().__init__(
            name=name,
            digest=digest,
            layout=Layout((HEIGHT, WIDTH, COLOURS), HEIGHT, WIDTH, COLOURS),
            heads=(Head(Squash.SOFTMAX, CLASSES),),
            layers=(
                Layer("first", "Conv2D", 10, 14, FIRST, 112, (3, 3)),
                Layer("last", "Conv2D", 3, 5, LAST, 185, (8, 8)),
                Layer("relu", "ReLU", 3, 5, LAST, 0, (8, 8)),
            ),
            summary=Summary(LINES, (HEIGHT, WIDTH, COLOURS)),
            abilities=frozenset(
                ability
                for ability, names in {Ability.PREDICTIONS: (), **OPERATIONS}.items()
                if all(getattr(type(self), each) is not getattr(Network, each) for each in names)
            ),
            has_dense=True,
        )

    def run(self, batch):
        seen = self.forward(self.check(batch))
        return Forward(_softmax(seen["y_pred"]), seen["relu"].reshape(len(batch), -1).astype("f4"))

    def logits(self, batch):
        return self.forward(self.check(batch))["y_pred"].astype(np.float32)

    def activations(self, batch, layer=None):
        name = self.layer(layer).name
        return self.forward(self.check(batch))[name].astype(np.float32)

    def captures(self, batch, layers, weights, predicted):
        names = [self.layer(name).name for name in layers]
        seen = self.forward(self.check(batch))
        outputs = _softmax(seen["y_pred"])
        own = predicted_weights(self.heads, outputs)
        rises = self.backward(seen, np.where(predicted[:, None], own, weights))
        return {
            name: Capture(seen[name].astype("f4"), rises[name].astype("f4"), outputs)
            for name in names
        }

    def pixel_gradients(self, batch, weights):
        return self.backward(self.forward(self.check(batch)), weights)["picture"].astype("f4")

    def rest(self, picture, layer, activations):
        self.check(picture)
        return self.forward({self.layer(layer).name: activations})["y_pred"].astype(np.float32)

    def kernels(self, layer):
        name = self.layer(layer).name
        if name not in self.weighted:
            return None
        return np.ascontiguousarray(self.weighted[name].kernel.transpose(3, 0, 1, 2), np.float32)

    def shuffled(self):
        own = {path: layer.get_weights() for path, layer in self.weighted.items()}
        copy = type(self)(own, self.name, "shuffled")
        return Shuffled(copy, dict(reversed(copy.weighted.items())))

    def forward(self, given):
        """What every layer gives: of pictures, or of what one layer gives instead."""
        seen = given if isinstance(given, dict) else {"picture": given}
        seen = {name: np.asarray(each, np.float64) for name, each in seen.items()}
        for name, before, step in (
            ("first", "picture", lambda x: np.maximum(self.convolved("first", x), 0)),
            ("pool", "first", lambda x: _windows_of_pooling(x).max(axis=-1)),
            ("last", "pool", lambda x: self.convolved("last", x)),
            ("relu", "last", lambda x: np.maximum(x, 0)),
            ("y_pred", "relu", self.decided),
        ):
            if name not in seen and before in seen:
                seen[name] = step(seen[before])
        return seen

    def backward(self, seen, weights):
        """How the sum of weighted logits rises with what every layer gives, last to first."""
        kernels = {path: layer.kernel for path, layer in self.weighted.items()}
        relu = (weights @ kernels["y_pred"].T).reshape(seen["relu"].shape)
        last = relu * (seen["last"] > 0)
        pool = _spread(last, kernels["last"])
        windows = _windows_of_pooling(seen["first"])
        highest = np.eye(4)[windows.argmax(axis=-1)] * pool[..., None]  # of equals the first one
        first = highest.reshape(*pool.shape, 2, 2).transpose(0, 1, 4, 2, 5, 3)
        first = first.reshape(seen["first"].shape)
        picture = _spread(first * (seen["first"] > 0), kernels["first"])
        return {"relu": relu, "last": last, "first": first, "picture": picture}

    def convolved(self, path, x):
        layer = self.weighted[path]
        return _correlated(x, layer.kernel) + layer.bias

    def decided(self, x):
        layer = self.weighted["y_pred"]
        return x.reshape(len(x), -1) @ layer.kernel + layer.bias


def limited_to(*abilities):
    """A kind of the same network that has some abilities only."""
    missing = [ability for ability in OPERATIONS if ability not in abilities]
    lost = {name: getattr(Network, name) for each in missing for name in OPERATIONS[each]}
    return type("LimitedNetwork", (NumpyNetwork,), lost)


def _correlated(x, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2))
    return np.einsum("nhwcij,ijcf->nhwf", windows, kernel, optimize=True)


def _spread(rise, kernel):
    """The way back through a convolution: what each of its inputs adds to the rise."""
    around = np.pad(rise, ((0, 0), (2, 2), (2, 2), (0, 0)))
    return _correlated(around, kernel[::-1, ::-1].transpose(0, 1, 3, 2))


def _windows_of_pooling(x):
    """(N, h, w, C) as (N, h/2, w/2, C, 4), each window's cells row by row."""
    count, height, width, channels = x.shape
    cut = x.reshape(count, height // 2, 2, width // 2, 2, channels)
    return cut.transpose(0, 1, 3, 5, 2, 4).reshape(*cut.shape[:2], width // 2, channels, 4)


def _softmax(logits):
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)


def _line(path, kind, shape, parameters=0, cost=(0, 0), field=None):
    shapes = ((None, *shape),)
    return Line(path, kind, shapes, parameters, None, 4 * parameters, Cost(*cost), field)


LINES = (
    _line("first", "Conv2D", (10, 14, FIRST), 112, (140 * 108, 2 * 560), (3, 3)),
    _line("pool", "MaxPooling2D", (5, 7, FIRST), cost=(0, 4 * 140), field=(4, 4)),
    _line("last", "Conv2D", (3, 5, LAST), 185, (15 * 180, 75), (8, 8)),
    _line("relu", "ReLU", (3, 5, LAST), cost=(0, 75), field=(8, 8)),
    _line("y_pred", "Dense", (CLASSES,), 228, (225, 3 + 15), (12, 16)),
)


# ---------------------------------------------------------------------------------- as a file


def written(weights):
    """A network's file: magic bytes and its arrays."""
    sink = io.BytesIO(MAGIC)
    sink.seek(len(MAGIC))
    arrays = {f"{path} {i}": each for path, pair in weights.items() for i, each in enumerate(pair)}
    np.savez(sink, **arrays)
    return sink.getvalue()


class NumpyReader:
    """Opens such files, as networks of one kind."""

    endings = (".numpy",)

    def __init__(self, kind=NumpyNetwork):
        self.kind = kind

    def knows(self, seen):
        return seen.head.startswith(MAGIC)

    def holds(self, path, seen):
        return Holds.NETWORK if self.knows(seen) else None

    def open(self, path, name, digest, _options):  # nothing of it can be folded
        arrays = np.load(io.BytesIO(path.read_bytes()[len(MAGIC) :]))
        weights = {path: (arrays[f"{path} 0"], arrays[f"{path} 1"]) for path in SHAPES}
        return self.kind(weights, name, digest)
