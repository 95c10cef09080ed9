"""However many samples there are, an export takes no more memory; and its report stays small."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from services.sample import Sample
from tests.services.export.exports import counts_of, exported, report_of
from tests.services.export.page import Page
from tests.services.projects import drawn, project_of

ROOT = Path(__file__).parents[3]
FEW, MANY, LARGE = 300, 3000, 67  # the large ones: two batches and the beginning of a third
EXPORTS = """
import re, sys
from pathlib import Path
import gradcam
from services.sample import Sample
from tests.services.export.exports import exported
from tests.services.projects import project_of

model, folder, *told = sys.argv[1:]
network = gradcam.load_network(model)
for count, picture in zip(told[::2], told[1::2], strict=True):
    samples = [Sample(f"{n:05}.jpg", Path(picture), "red") for n in range(int(count))]
    done = exported(project_of(network, samples), Path(folder) / count)
    status = Path("/proc/self/status").read_text()
    print(done.counts["explained"], re.search(r"VmHWM:\\s+(\\d+) kB", status)[1])
"""


def test_memory_does_not_grow_with_the_number_of_samples(contrast_file, tmp_path):
    """Were only the decoded pictures kept, 2,700 more of them would take 240 MB.

    And the large ones that are read, explained, and drawn at the same time would take 700 MB.
    """
    small, large = tmp_path / "small.jpg", tmp_path / "large.jpg"
    for picture, (height, width) in ((small, (150, 200)), (large, (1600, 2200))):
        pixels = np.zeros((height, width, 3), np.uint8)
        pixels[: height // 3, : width // 3, 0] = 255
        Image.fromarray(pixels).save(picture)
    command = [sys.executable, "-B", "-c", EXPORTS, contrast_file, tmp_path]
    command += [FEW, small, MANY, small, LARGE, large]
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env={**os.environ, "MALLOC_ARENA_MAX": "2"},
        capture_output=True,
        text=True,
        check=True,
    )
    told = [[int(word) for word in line.split()] for line in done.stdout.splitlines()]
    assert [count for count, _ in told] == [FEW, MANY, LARGE]
    after_few, after_many, after_large = (peak for _, peak in told)
    print(
        f"at most {after_few // 1000} MB for {FEW}, {after_many // 1000} MB for {MANY} samples, "
        f"{after_large // 1000} MB for {LARGE} large ones"
    )
    assert after_many <= 1.3 * after_few
    assert after_many - after_few < 100_000
    assert after_large - after_many < 300_000


def test_the_report_on_a_thousand_samples_is_small(network, tmp_path):
    """Every picture is noise, which shrinks least, and most are mistakes."""
    noise = np.random.default_rng(0).integers(0, 256, (400, 400, 3))
    noise[:200, :200, 0] = 255
    large = drawn(tmp_path / "large.png", noise)
    small = drawn(tmp_path / "small.png", noise[300:310, 300:310])
    names = [f"c{number}" for number in range(2)]
    samples = [
        Sample(f"{number:04}.png", large if number < 80 else small, names[number % 2])
        for number in range(1000)
    ]
    empty = tmp_path / "empty.png"
    empty.write_bytes(b"")
    bad = [Sample(f"{'long name ' * 10}{n}.png", empty, "c0") for n in range(300)]
    project = project_of(network, [*samples, *bad], classes=tuple(names))
    exported(project, tmp_path / "out")
    assert counts_of(tmp_path / "out")["explained"] == 1000
    size = len(report_of(tmp_path / "out").encode())
    print(f"{size / 1e6:.2f} MB")
    assert len(Page(report_of(tmp_path / "out"))["The worst mistakes"].pictures) == 24
    assert 500_000 < size < 10_000_000
