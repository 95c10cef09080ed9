"""A graph with a face."""

from __future__ import annotations

from gradcam.arithmetic import Arithmetic
from gradcam.backends.graph.graph import Graph
from gradcam.backends.graph.model import GraphModel
from gradcam.backends.tensorflow.network import TensorFlowNetwork
from gradcam.errors import NetworkError
from gradcam.network import FREE_SIZE
from gradcam.told import Told


class GraphNetwork(TensorFlowNetwork):
    """A network that was read from a file into operators."""

    def __init__(
        self,
        graph: Graph,
        name: str = "model",
        digest: str = "",
        *,
        told: Told | None = None,
        arithmetic: Arithmetic | None = None,
        fold: bool = False,
    ) -> None:
        """Look a graph over.

        Args:
            graph: read from a file.
            name: what people call it.
            digest: of the file; "" for one that came from memory.
            told: what the file says beside it.
            arithmetic: in which it is run, where there are several; another one is another digest.
            fold: see `TensorFlowNetwork`.

        Raises:
            NetworkError: it takes no single picture, or gives no class scores or values.
        """
        model = GraphModel(graph)
        own = digest or f"memory-{id(model)}"
        is_default = arithmetic in {None, Arithmetic.PHONE}
        own = own if is_default else f"{own}.{arithmetic}"
        super().__init__(model, name, own, fold=fold)
        self.told = told or Told()
        self.arithmetic = arithmetic
        self.arithmetics = () if arithmetic is None else tuple(Arithmetic)


def network_of_file(
    graph: Graph,
    name: str,
    digest: str,
    *,
    told: Told | None = None,
    arithmetic: Arithmetic | None = None,
    fold: bool = False,
) -> GraphNetwork:
    """The network of a graph that stood in a file, which nobody vouches for: it was run once.

    Some contradictions show only then, and that shall not be on a person's first picture.

    Args:
        graph: see `GraphNetwork`, as all the others.
        name: of the file.
        digest: of the file.
        told: what it says beside the graph.
        arithmetic: in which it is run.
        fold: see `TensorFlowNetwork`.

    Raises:
        NetworkError: what `GraphNetwork` says, or it contradicts itself.
    """
    import tensorflow as tf

    try:
        network = GraphNetwork(graph, name, digest, told=told, arithmetic=arithmetic, fold=fold)
        network.model(tf.zeros((2, *(side or FREE_SIZE for side in graph.shape))))
    except NetworkError:
        raise
    except Exception as error:  # TensorFlow's kernels raise anything
        raise NetworkError(
            f"{name} is damaged, or contradicts itself: it was read and cannot be run."
        ) from error
    return network
