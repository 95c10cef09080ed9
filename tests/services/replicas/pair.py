"""Two processes on one cache do the same at once; what each of them says of it.

    python -m tests.services.replicas.pair WHAT FOLDER NUMBER

The network is imitated, so that a process is ready in a moment. Each says `ready` when it could
begin, begins at a line of its input, and says JSON at its end.
"""

from services.work.asker import Asker
from services.work.progress import Progress

SAMPLES = 24
ANN = Asker("tab", "idp:ann", "Ann")


class Heard(Progress):
    """Progress whose words are kept."""

    def __init__(self):
        super().__init__()
        self.words = []

    def say(self, name):
        super().say(name)
        self.words.append(name)
