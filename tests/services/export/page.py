"""What stands in a report, as a browser would read it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "img", "br", "link", "input", "hr"}


@dataclass
class Section:
    """A heading of the second level and what follows it.

    Attributes:
        title: of the heading; empty for what comes before the first one.
        text: all words, on one line.
        tables: rows of cells.
        pictures: `src` of the images.
        figures: words below the pictures.
        shapes: tags and attributes inside a drawing.
    """

    title: str
    words: list = field(default_factory=list)
    tables: list = field(default_factory=list)
    pictures: list = field(default_factory=list)
    figures: list = field(default_factory=list)
    shapes: list = field(default_factory=list)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


class Page(HTMLParser):
    """A report.

    Attributes:
        sections: in order, by their titles.
        tags: every tag with its attributes.
        head: words of the first heading.
        open: tags that were never closed.
    """

    def __init__(self, html):
        super().__init__()
        self.sections = {"": Section("")}
        self.tags = []
        self.head = self.title = ""
        self.open = []
        self._current = self.sections[""]
        self._sink = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        if tag not in VOID:
            self.open.append(tag)
        match tag:
            case "h1" | "h2" | "title":
                self._sink = []
            case "td" | "th":
                self._sink = []
                self._current.tables[-1][-1].append("")
            case "tr":
                self._current.tables[-1].append([])
            case "table":
                self._current.tables.append([])
            case "figcaption":
                self._sink = []
            case "img":
                self._current.pictures.append(attributes["src"])
            case "circle" | "path" | "line" | "rect":
                self._current.shapes.append((tag, attributes))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.open.pop() == tag
        text = " ".join("".join(self._sink or []).split())
        match tag:
            case "h1":
                self.head = text
            case "title":
                self.title = text
            case "h2":
                self._current = self.sections[text] = Section(text)
            case "td" | "th":
                self._current.tables[-1][-1][-1] = text
            case "figcaption":
                self._current.figures.append(text)
        if tag in {"h1", "h2", "title", "td", "th", "figcaption"}:
            self._sink = None

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"style", "title", "h1", "h2"}:
            self._current.words.append(data)
        if self._sink is not None:
            self._sink.append(data)

    def __getitem__(self, title):
        return self.sections[title]

    def __contains__(self, title):
        return title in self.sections
