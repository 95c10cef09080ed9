"""People who agreed on labels, and what they see and write."""

from services.edge_impulse.access import Access, ApiKey
from services.edge_impulse.host import find_host
from services.people.person import Person, Role
from services.work.progress import Progress
from services.writing_back.drafts import Agreed, Undo
from services.writing_back.looking import DryRun
from services.writing_back.plan import AgreedSample
from services.writing_back.steps import RELABELLING
from services.writing_back.writing import WritingBack
from tests.services.edge_impulse.visits import KEY, connected

ANN = Person("https://id", "ann", "Ann", Role.ADMIN)
CLASSES = ("car", "no car")
PROJECT = 9


class Giving:
    """Somebody who opened the project of the imitation and gives labels back.

    Attributes:
        seen: the samples as they were when it was opened.
    """

    def __init__(self, studio, key=KEY, person=ANN):
        self.studio = studio
        self.key = key
        self.person = person
        self.seen = connected(studio, KEY)[1].samples

    def access(self, key=None):
        return Access(ApiKey(key or self.key), find_host(self.studio.url, [self.studio.url]))

    def targets(self, agreed):
        return tuple(
            AgreedSample(f"sample {number}", label, self.seen[number])
            for number, label in agreed.items()
        )

    def look(self, agreed, step=RELABELLING, classes=CLASSES):
        draft = Agreed(self.studio.url, PROJECT, step, self.targets(agreed), classes)
        return DryRun(draft, self.access()).make(Progress())

    def look_back(self, run):
        return DryRun(Undo(self.studio.url, PROJECT, run), self.access()).make(Progress())

    def write(self, plan, *, progress=None, key=None, typed=None):
        asked = WritingBack(plan, self.access(key), self.person, typed)
        return asked.make(progress or Progress())


def rows(plan):
    return [(name, str(c.field), c.before, c.after) for name, c in plan.rows]


def reasons(refused):
    return {each.name: each.reason for each in refused}


def tagged(label):
    return f"should be {label}"
