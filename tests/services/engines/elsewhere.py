"""Batches made as another process makes them: of what is told in the folder, in another order."""

from services.engines.maker import Maker
from services.engines.passes import PassMaker, asked_in


class Elsewhere(Maker):
    """Makes the batches of a pass; counts those that it made.

    Args:
        project: as another process has opened it.
        kinds: of passes.
    """

    def __init__(self, project, *kinds):
        self.project, self.kinds, self.numbers = project, {kind.name: kind for kind in kinds}, []

    def __call__(self, folder):
        self.folder = folder
        return self

    def made(self, numbers, what, progress):
        name, told = asked_in(self.folder)
        work = PassMaker(self.kinds[name].again(self.project, told), self.folder)
        for number in reversed(numbers):
            self.numbers += work.made([number], what, progress)
            yield number
