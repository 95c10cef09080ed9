"""Opening files of which parts are wrong: one sentence, or a network that runs; nothing else."""

import resource
import time

import numpy as np

from gradcam.errors import NetworkError
from gradcam.loading import load_network

SECONDS, MEGABYTES = 5, 1000


def opened_or_refused(content, path):
    """The sentence of a refusal, or none where the network opened and ran."""
    path.write_bytes(content)
    try:
        network = load_network(path)
    except NetworkError as error:
        return str(error)
    height, width, channels = network.layout.picture
    network.run(np.zeros((1, height or 32, width or 32, channels), np.float32))
    return ""


def tried(files, mutations, count, path):
    """What is said of so many files, each with a part of it wrong, in turns."""
    rng = np.random.default_rng(17)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = []
    for number in range(count):
        mutate = mutations[number % len(mutations)]
        content = mutate(files[number % len(files)], rng)
        began = time.process_time()
        said.append(opened_or_refused(content, path))
        assert time.process_time() - began < SECONDS, number
    added = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert added < MEGABYTES * 1000
    assert all("\n" not in each and len(each) < 400 for each in said)
    return said
