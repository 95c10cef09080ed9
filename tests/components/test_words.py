"""Every page of projects that are as small as they get: nothing breaks, and it is said rightly."""

import re

import pytest

from services.settings import settings
from tests.components.visiting import visited, words
from tests.services import projects

VIEWS = (
    ("project", {}),
    ("samples", {}),
    ("explain", {}),
    ("review", {}),
    ("mistakes", {"facet": "By class"}),
    ("mistakes", {"facet": "By picture"}),
    ("mistakes", {"facet": "How sure it is"}),
    ("layers", {"layers_view": "Layer by layer"}),
    ("embeddings", {}),
    ("scan", {}),
    ("network", {}),
    ("export", {}),
)
# One of something that is called many, and a sentence that ends twice.
MANY_OF_ONE = re.compile(
    r"(?<![\d.,])1\s(labels|classes|samples|pictures|maps|blank maps|layers|errors|mistakes|methods"
    r"|clusters|neighbours|findings|numbers|outputs|files|others|features|questions|heatmaps)\b"
)
ENDS_TWICE = re.compile(r"(?<!\.)\.\.(?![./\d\w-])|\?\.|\.\?")
SMALL = {  # pictures by name
    "one": {"testing/red/0.png": projects.RED},
    "five": {f"testing/{'red' if i else 'blue'}/{i}.png": projects.RED for i in range(5)},
    "right": {
        f"testing/{'red' if i % 2 else 'blue'}/{i}.png": projects.RED if i % 2 else projects.BLUE
        for i in range(6)
    },
}
CLASSES = 'classes = ["blue", "red"]\n'


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The projects' folders, with a cache of their own."""
    model = tmp_path_factory.mktemp("model") / "model.keras"
    projects.blue_or_red().save(model)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADCAM_CACHE", str(tmp_path_factory.mktemp("cache")))
        settings.cache_clear()
        yield {
            name: projects.folder_project(tmp_path_factory.mktemp(name), model, pictures, CLASSES)
            for name, pictures in SMALL.items()
        }
    settings.cache_clear()


def texts(app):
    """All that is said, in whatever kind of element."""
    return [*words(app), *(button.label for button in app.button)]


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize(("page", "query"), VIEWS)
def test_a_small_project_is_said_rightly(small, name, page, query):
    said = [str(text) for text in texts(visited(small[name], page, **query))]
    assert [text for text in said if MANY_OF_ONE.search(text)] == []
    assert [text for text in said if ENDS_TWICE.search(text)] == []


def test_where_there_is_no_mistake_that_is_said(small):
    app = visited(small["right"], "mistakes", facet="By picture")
    assert "There is no mistake here\\." in words(app)


def test_few_samples_have_no_embedding_and_the_page_says_so(small):
    app = visited(small["five"], "embeddings")
    assert any("at least 10 samples; this project has 5" in text for text in words(app))
    assert app.get_by_key("neighbours").value <= 4
