"""report.html: one file that anybody can open, and whose figures are right."""

import base64
import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from gradcam import Degenerate, color_table
from services.export.job import ALL
from services.export.report import LISTED, PLOT, POINTS, SIDE, WORST, report_html
from services.export.summary import MEANS, GroupMean
from services.export.whole import Whole
from services.fact import Fact
from services.findings.finding import Finding, QuestionKind
from services.findings.report import Report
from services.media.picture import Pictures
from services.sample import LeftOut
from services.tasks.classification.export import MATRIX
from services.tasks.regression.task import ALL as VALUES
from services.tasks.shown import Number
from tests.services.export.exports import plan_of, summary_by_hand
from tests.services.export.page import Page
from tests.services.projects import drawn, said

MADE_AT = datetime(2026, 7, 5, 14, 3, tzinfo=UTC)
PLAN = plan_of("conv")
MEAN = "Right beside wrong, on average"
TAKEN = "Confusion matrix"
PAIRS = "Most confused classes"
SCATTER = "Predicted against true"
MISTAKES = "The worst mistakes"
BLANK = "Blank maps"
LEFT = "Left out"
MADE = "How it was made"


@pytest.fixture
def results(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def page(results):
    """Makes a report of predictions and reads it."""

    def made(predictions, plan=PLAN, whole=ALL, **rest):
        files = {}
        for number, sample in enumerate(predictions.samples):
            files[sample.id] = f"gradcam/{number}.png"
            if not (results / files[sample.id]).exists():
                drawn(results / files[sample.id], np.full((4, 6, 3), number % 256))
        summary = summary_by_hand(predictions, threshold=plan.filter.threshold, **rest)
        html = report_html(summary, plan, files, results, MADE_AT, whole)
        found = Page(html)
        assert found.open == []
        found.html = html
        return found

    return made


def opened(address):
    kind, _, content = address.partition(",")
    assert kind == "data:image/jpeg;base64"
    image = Image.open(io.BytesIO(base64.b64decode(content, validate=True)))
    assert image.format == "JPEG"
    return np.asarray(image)


def classified(network, *answers, classes=("blue", "red")):
    """Answers are (id, label, scores)."""
    return said(
        network,
        [(name, label) for name, label, _ in answers],
        classes=classes,
        outputs=[scores for *_, scores in answers],
    )


@pytest.fixture
def answers(blue_or_red):
    """Of three reds one is right, the blue one is right, one has no label."""
    return classified(
        blue_or_red,
        ("a.png", "red", [0.25, 0.75]),
        ("b.png", "red", [0.8, 0.2]),
        ("c.png", "red", [0.95, 0.05]),
        ("d.png", "blue", [0.9, 0.1]),
        ("e.png", None, [0.6, 0.4]),
    )


def numbers(network, *answers, threshold=0.1):
    """Answers are (label, value)."""
    return said(
        network,
        [(f"{n}.png", label) for n, (label, _) in enumerate(answers)],
        outputs=[[value] for _, value in answers],
        threshold=threshold,
    )


def mean_of(color, count, hot=None):
    heat = np.zeros((48, 48), np.float32)
    if hot is not None:
        heat[hot] = 1.0
    return GroupMean(np.full((48, 48, 3), color, np.uint8), heat, count)


# ------------------------------------------------------------------------------------ the file


def test_a_report_needs_nothing_but_itself(page, answers, redness):
    for found in (
        page(answers, means={("red", True): mean_of(9, 1)}, left_out=[LeftOut("x", "y")]),
        page(numbers(redness, ("1", 1.0), ("1", 2.0)), plan_of("conv", threshold=0.1)),
    ):
        assert not re.search(r"https?:|//[a-z]|url\(|@import", found.html)
        tags = {tag for tag, _ in found.tags}
        assert not tags & {"script", "link", "iframe", "object", "embed", "base", "form", "a"}
        for tag, attributes in found.tags:
            assert not [name for name in attributes if name.startswith("on")]
            for name in ("src", "href", "srcset", "action", "data", "style"):
                assert attributes.get(name, "data:").startswith("data:"), tag
        assert found.html.startswith("<!doctype html>")
        assert ("meta", {"charset": "utf-8"}) in found.tags
        assert ("html", {"lang": "en"}) in found.tags


def test_the_same_summary_gives_the_same_report(page, answers):
    assert page(answers).html == page(answers).html


def test_names_and_labels_are_shown_as_they_are(page, blue_or_red):
    evil = "<script>alert('1')</script>\"><img src=x onerror=y>&amp;{{ 7 * 7 }}"
    found = classified(
        blue_or_red, (f"{evil}.png", evil, [0.8, 0.2]), ("b", "x", [0.8, 0.2]), classes=("x", evil)
    )
    project = replace(found.project, name=evil, facts=(Fact(evil, evil, evil),))
    shown = page(
        replace(found, project=project),
        plan_of(evil, target=f"={evil}"),
        means={(evil, False): mean_of(3, 1)},
        blank={0: Degenerate.ZERO},
        left_out=[LeftOut(evil, evil)],
    )
    assert not {tag for tag, _ in shown.tags} & {"script"}
    assert {tuple(sorted(attributes)) for tag, attributes in shown.tags if tag == "img"} == {
        ("alt", "src")
    }
    assert shown.head == evil
    assert shown.title == f"{evil} – Grad-CAM report"
    assert shown[TAKEN].tables[0][0][2] == evil
    assert shown[LEFT].tables[0][1] == [evil, evil]
    assert shown[BLANK].tables[0][1][0] == f"{evil}.png"
    assert f"{evil}, predicted x with 80 %" in shown[MISTAKES].figures[0]
    assert [evil, f"{evil} – {evil}"] in shown[MADE].tables[0]
    assert ["layer", evil] in shown[MADE].tables[0]
    assert "49" not in shown[LEFT].text


# ---------------------------------------------------------------------------------- the figures


def test_the_figures_of_a_classification(page, answers):
    top = page(answers, left_out=[LeftOut("x", "y")], blank={1: Degenerate.ZERO})[""].text
    for words in (
        "over 5 test pictures",
        "(grad-cam, layer conv, jet colours)",
        "50.0 % of the labelled samples are correct",
        "5 pictures explained",
        "✓ 2 correct",
        "✗ 2 incorrect",
        "1 without a label",
        "1 blank map",
        "1 left out",
    ):
        assert words in top
    assert "within" not in top


def test_nothing_is_said_of_what_is_not_there(page, blue_or_red):
    found = page(classified(blue_or_red, ("a", "red", [0.25, 0.75])))
    for words in ("without a label", "blank map", "left out", " of 1 test"):
        assert words not in found[""].text
    assert [*found.sections] == ["", MEAN, TAKEN, MADE]


def test_several_blank_maps_are_counted(page, answers):
    blank = dict.fromkeys(range(2), Degenerate.ZERO)
    assert "2 blank maps" in page(answers, blank=blank)[""].text
    assert "1 blank maps" not in page(answers, blank={0: Degenerate.ZERO})[""].text


def test_thousands_are_separated(page, blue_or_red):
    many = [(f"{n}.png", "red", [0.25, 0.75]) for n in range(1234)]
    top = page(classified(blue_or_red, *many))[""].text
    assert "over 1,234 test pictures" in top
    assert "✓ 1,234 correct" in top


def test_a_part_of_a_project_is_called_a_part(page, answers):
    more = replace(answers.project, samples=answers.samples * 3)
    assert "over 5 of 15 test pictures" in page(replace(answers, project=more))[""].text


def test_without_labels_there_is_no_verdict(page, blue_or_red):
    found = page(classified(blue_or_red, ("a", None, [0.25, 0.75])))
    assert "– no sample is labelled" in found[""].text
    assert "No sample is labelled, so right and wrong cannot be compared." in found[MEAN].text
    assert MISTAKES not in found


def test_the_figures_of_a_regression(page, redness):
    answers = numbers(redness, ("1", 1.25), ("2", 1.5), ("-1.5", -1.5), (None, 9.0))
    top = page(answers, plan_of("conv", threshold=0.25))[""].text
    assert "0.25 mean error" in top
    assert "✓ 2 correct within 0.25" in top
    assert "✗ 1 incorrect" in top
    assert "1 without a label" in top


# ------------------------------------------------------------------------------------ the means


def test_the_means_of_a_class_stand_side_by_side(page, answers):
    means = {
        ("red", True): mean_of(40, 1, hot=np.s_[:12, 36:]),
        ("red", False): mean_of(200, 2),
        ("blue", True): mean_of(90, 1),
    }
    section = page(answers, plan_of("conv", alpha=0.5, colormap="viridis"), means=means)[MEAN]
    assert "blue 1 of 1 correct" in section.text
    assert "red 1 of 3 correct" in section.text
    assert section.text.index("blue 1") < section.text.index("red 1")
    assert section.text.count("none is incorrect") == 1
    assert "none is correct" not in section.text
    assert section.figures == ["✓ correct", "✗ incorrect"] * 2
    blue, right, wrong = (opened(address) for address in section.pictures)
    assert right.shape == (SIDE, SIDE, 3)
    cold, hot = color_table("viridis")[[0, 255]].astype(int)
    for picture, at, color, gray in (
        (blue, (100, 100), cold, 90),
        (right, (100, 100), cold, 40),
        (right, (10, SIDE - 10), hot, 40),
        (wrong, (10, SIDE - 10), cold, 200),
    ):
        assert np.abs(picture[at] - (color + gray) / 2).max() < 12


def test_a_class_without_a_mean_is_not_shown(page, answers):
    section = page(answers, means={("red", False): mean_of(1, 2)})[MEAN]
    assert "blue" not in section.text
    assert section.text.count("none is correct") == 1


def test_the_mean_of_a_regression_is_one(page, redness):
    answers = numbers(redness, ("1", 1.0), ("2", 5.0), (None, 1.0))
    section = page(
        answers,
        plan_of("conv", threshold=0.1),
        means={(VALUES, True): mean_of(9, 1), (VALUES, False): mean_of(8, 1)},
    )[MEAN]
    assert "All values 1 of 2 correct" in section.text
    assert len(section.pictures) == 2


def test_a_mean_has_the_shape_of_what_the_network_sees(page, answers):
    tall = replace(answers.project.medium.spec, width=20, height=32)
    answers = replace(answers, project=replace(answers.project, medium=Pictures(tall)))
    (address,) = page(answers, means={("red", True): mean_of(1, 1)})[MEAN].pictures
    assert opened(address).shape == (220, 138, 3)  # 20 / 32 of 220, rounded to even


# -------------------------------------------------------------------------------- the confusion


def test_few_classes_are_told_in_a_table(page, answers):
    assert page(answers)[TAKEN].tables == [
        [["true ↓ predicted →", "blue", "red"], ["blue", "1", "0"], ["red", "2", "1"]]
    ]


def classes_of(network, count, answers):
    """Answers are (true, predicted) numbers of classes."""
    names = tuple(f"c{number}" for number in range(count))
    return said(
        network,
        [(f"{n}.png", names[true]) for n, (true, _) in enumerate(answers)],
        classes=names,
        outputs=[np.eye(count)[predicted] for _, predicted in answers],
    )


def test_many_classes_are_told_by_the_pairs_most_often_confused(page, blue_or_red):
    answers = [(0, 0)] * 9 + [(3, 5)] * 4 + [(5, 3)] * 2 + [(1, 2)] * 7 + [(15, 0)]
    few = page(classes_of(blue_or_red, MATRIX, [(0, 0), (3, 5)]))
    assert PAIRS not in few
    assert len(few[TAKEN].tables[0]) == 1 + MATRIX
    found = page(classes_of(blue_or_red, MATRIX + 1, answers))
    assert TAKEN not in found
    assert found[PAIRS].tables == [
        [
            ["true", "called", "times"],
            ["c1", "c2", "7"],
            ["c3", "c5", "4"],
            ["c5", "c3", "2"],
            ["c15", "c0", "1"],
        ]
    ]


def test_twenty_pairs_are_told(page, blue_or_red):
    answers = [(n, (n + 1) % 25) for n in range(25)]
    assert len(page(classes_of(blue_or_red, 25, answers))[PAIRS].tables[0]) == 21


def test_many_classes_that_are_never_confused_have_no_pairs(page, blue_or_red):
    found = page(classes_of(blue_or_red, 16, [(n, n) for n in range(16)]))
    assert PAIRS not in found
    assert TAKEN not in found


# ---------------------------------------------------------------------------------- the scatter


def test_a_regression_is_drawn_as_points(page, redness):
    answers = numbers(redness, (None, 3.0), ("0", 0.0), ("2", 1.0), ("1", 4.0), ("3", np.nan))
    section = page(answers, plan_of("conv", threshold=1.0))[SCATTER]
    circles = [shape for tag, shape in section.shapes if tag == "circle"]
    crosses = [shape["d"] for tag, shape in section.shapes if tag == "path"]
    # From 0 to 4: true values to the right, read ones upwards.
    assert [(float(c["cx"]), float(c["cy"])) for c in circles] == [
        (0, PLOT),
        (PLOT / 2, PLOT * 3 / 4),
    ]
    assert [path.split("l")[0] for path in crosses] == [f"M{PLOT / 4 - 3} {-3.0}"]
    assert section.text == "0 4 true value predicted value"


def test_points_that_all_lie_together_are_drawn(page, redness):
    section = page(numbers(redness, ("2", 2.0), ("2", 2.0)), plan_of("conv", threshold=0.1))
    points = [shape for tag, shape in section[SCATTER].shapes if tag == "circle"]
    assert [(p["cx"], p["cy"]) for p in points] == [("0.0", f"{PLOT}.0")] * 2


def test_very_many_points_are_thinned_out(page, redness):
    many = numbers(redness, *(("1", value / 2000) for value in range(2000)))
    section = page(many, plan_of("conv", threshold=9.0))[SCATTER]
    points = [shape for tag, shape in section.shapes if tag == "circle"]
    assert len(points) == POINTS
    assert float(points[0]["cy"]) == PLOT
    assert float(points[-1]["cy"]) == pytest.approx(0.2, abs=0.1)


def test_a_regression_without_labels_has_no_points(page, redness):
    found = page(numbers(redness, (None, 1.0)), plan_of("conv", threshold=0.1))
    assert SCATTER not in found
    assert "no sample is labelled" in found[""].text
    assert "No sample is labelled, so right and wrong cannot be compared." in found[MEAN].text
    assert "none is correct" not in found[MEAN].text


# --------------------------------------------------------------------------------- the mistakes


def test_the_most_confident_mistakes_come_first(page, answers):
    section = page(answers)[MISTAKES]
    assert section.figures == [
        "✗ red, predicted blue with 95 %c.png",
        "✗ red, predicted blue with 80 %b.png",
    ]
    assert "The most confident ones first." in section.text
    assert [opened(address)[0, 0].tolist() for address in section.pictures] == [[2] * 3, [1] * 3]


def test_the_largest_errors_come_first(page, redness):
    answers = numbers(redness, ("1", 1.5), ("-1.5", 2.0), ("1", 1.01), ("3", 1.25))
    section = page(answers, plan_of("conv", threshold=0.1))[MISTAKES]
    assert section.figures == [
        "✗ -1.5 predicted as 21.png",
        "✗ 3 predicted as 1.253.png",
        "✗ 1 predicted as 1.50.png",
    ]
    assert "The largest errors first." in section.text


def test_a_screenful_of_mistakes_is_shown_each_no_larger_than_needed(page, blue_or_red, results):
    many = [(f"{n}.png", "red", [1 - n / 1000, n / 1000]) for n in range(WORST + 10)]
    for number in range(len(many)):
        pixels = np.random.default_rng(number).integers(0, 256, (600, 900, 3))
        if number in {0, 1, WORST}:
            drawn(results / f"gradcam/{number}.png", pixels)
    section = page(classified(blue_or_red, *many))[MISTAKES]
    assert len(section.pictures) == len(section.figures) == WORST
    assert section.figures[-1].endswith(f"{WORST - 1}.png")
    assert opened(section.pictures[0]).shape == (147, SIDE, 3)
    assert opened(section.pictures[2]).shape == (4, 6, 3)


# ------------------------------------------------------------------------------------- the rest


def test_blank_maps_are_listed_with_reasons(page, answers):
    blank = {4: Degenerate.CONSTANT, 0: Degenerate.NEGATIVE}
    assert page(answers, blank=blank)[BLANK].tables == [
        [["sample", "reason"], ["a.png", Degenerate.NEGATIVE], ["e.png", Degenerate.CONSTANT]]
    ]


def test_files_that_were_left_out_are_listed_with_reasons(page, answers):
    left_out = [LeftOut("x.txt", "no picture"), LeftOut("y.jpg", "the file is empty")]
    assert page(answers, left_out=left_out)[LEFT].tables == [
        [["file", "reason"], ["x.txt", "no picture"], ["y.jpg", "the file is empty"]]
    ]


def test_long_lists_are_cut_and_say_so(page, blue_or_red):
    count = LISTED + 1003
    answers = classified(blue_or_red, *((f"{n}", "red", [0.25, 0.75]) for n in range(count)))
    found = page(
        answers,
        blank=dict.fromkeys(range(count), Degenerate.ZERO),
        left_out=[LeftOut(f"{n}.txt", "no picture") for n in range(LISTED + 1)],
    )
    assert len(found[BLANK].tables[0]) == 1 + LISTED
    assert "and 1,003 more; predictions.csv has them all." in found[BLANK].text
    assert len(found[LEFT].tables[0]) == 1 + LISTED
    assert "and 1 more; manifest.json has them all." in found[LEFT].text
    whole = page(answers, left_out=[LeftOut(f"{n}.txt", "no") for n in range(LISTED)])
    assert "more" not in whole[LEFT].text


def test_how_it_was_made_is_told(page, answers):
    facts = (Fact("scaling", "0..1", "the best of 12"),)
    answers = replace(answers, project=replace(answers.project, facts=facts))
    plan = plan_of("conv", target="true", alpha=0.7)
    (rows,) = page(answers, plan)[MADE].tables
    digest = answers.project.network.digest
    assert rows == [
        ["made on", "5 July 2026, 14:03 UTC"],
        ["samples", "the whole test set"],
        *([name, value] for name, value in plan.told().items()),
        ["network", f"model.keras, SHA-256 {digest}"],
        ["batch normalisation", "not folded"],
        ["input", "8 × 8, resize squash (Lanczos) · RGB · scaled 0–1"],
        ["scaling", "0..1 – the best of 12"],
    ]
    assert ["opacity", "0.7"] in rows
    assert ["target", "true"] in rows


def test_whether_it_was_folded_is_told(page, answers, monkeypatch):
    monkeypatch.setattr(answers.project.network, "is_folded", True)
    (rows,) = page(answers)[MADE].tables
    assert ["batch normalisation", "folded into the layer before it"] in rows


def test_a_part_is_told_beside_the_whole(page, answers):
    more = replace(answers, project=replace(answers.project, samples=answers.samples * 3))
    whole = Whole("incorrect, <b>red</b>", Number("of all are right", "81.9 %"))
    found = page(more, whole=whole)
    assert "81.9 % of all are right, over the whole test set" in found[""].text
    assert "This report shows 5 of 15: incorrect, <b>red</b>." in found[""].text
    assert "50.0 %" not in found[""].text
    assert ["samples", "incorrect, <b>red</b>"] in found[MADE].tables[0]


def test_what_is_left_by_a_limit_says_that_its_figure_is_of_those_shown(page, answers):
    more = replace(answers, project=replace(answers.project, samples=answers.samples * 3))
    assert "50.0 % of the labelled samples are correct, of those shown" in page(more)[""].text
    assert "of those shown" not in page(answers)[""].text


def test_the_top_findings_of_a_kept_scan_are_told(page, answers):
    kind = QuestionKind.GROUP
    some = [Finding(kind, f"Why {n}?", f"{n} %.", ("d",) * (n + 1), 0.5) for n in range(7)]
    found = page(answers, whole=Whole(scan=Report("0" * 16, 160, 0, 47, tuple(some))))
    text = found["Findings of the scan"].text
    assert "47 checks on 160 pictures of the whole test set" in text
    assert "Why 0? 0 %. (1 picture)" in text
    assert "Why 4? 4 %. (5 pictures)" in text
    assert "Why 5?" not in text
    assert "and 2 more on the Scan page." in text
    none = page(answers, whole=Whole(scan=Report("0" * 16, 160, 0, 47, ())))
    assert "Nothing stands out." in none["Findings of the scan"].text
    assert "Findings of the scan" not in page(answers)


def test_twenty_classes_have_means():
    assert MEANS == 20
