"""What the core refuses, in one sentence that a person can act on."""


class GradcamError(ValueError):
    """An input the core cannot work with; the message is written for the person."""


class NetworkError(GradcamError):
    """A file that is no network this product opens, or a network it cannot explain."""


class NoLayerError(NetworkError):
    """A network in which no layer has a map to draw."""


class PictureError(GradcamError):
    """A picture that cannot be turned into the tensor the network expects."""
