"""What a page sends does not grow with the samples: it is of those that it shows."""

import pytest

from tests.components.visiting import on_page, options, sent, settled

FEW, MANY = 60, 180  # both more than a page shows
DIGITS = 600  # bytes that longer numbers and other pictures make of all that a page sends
NAME = 100  # bytes at most of a sample in a list of them
PAGES = ("project", "samples", "review", "mistakes", "explain", "layers")


@pytest.fixture
def both(numpy_app):
    """The bytes of each page with few samples and with many, and what the list of Explain holds."""

    def seen(count):
        app = numpy_app(pictures=count)
        told = {}
        for page in PAGES:
            settled(on_page(app, page))  # with what was made meanwhile
            listed = len(options(app, "sample")) if page in {"explain", "layers"} else 0
            told[page] = sent(app), listed
        return told

    return seen(FEW), seen(MANY)


def test_pages_send_what_they_show_however_many_samples_there_are(both):
    few, many = both
    for page in PAGES:
        (small, short), (large, long) = few[page], many[page]
        assert large - small <= NAME * (long - short) + DIGITS + small // 10, page
    assert (few["explain"][1], many["explain"][1]) == (FEW, MANY)
