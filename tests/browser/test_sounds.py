"""A project of sounds in the browser: tiles play, a sample is listened to part by part."""

import re
import zipfile

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.services.media.sound.sounds import RATE, beeps_project, tone, written

pytestmark = pytest.mark.browser

KEPT = "() => window.gradcamSounds?.kept.size ?? 0"
HEARD = "() => window.gradcamSounds?.playing ?? ''"
LASTS = "seconds => Math.abs(window.gradcamSounds.audio.duration - seconds) < 1e-6"
# What is played, as the browser decodes it.
VALUES = """async () => {
    const bytes = await (await fetch(window.gradcamSounds.audio.src)).arrayBuffer()
    const context = new OfflineAudioContext(1, 1, 8000)
    return Array.from((await context.decodeAudioData(bytes)).getChannelData(0))
}"""
# Playing for good, so that a test may look at what is heard.
FOR_EVER = "() => { window.gradcamSounds.audio.loop = true }"


@pytest.fixture(scope="module")
def beeps(tmp_path_factory):
    folder = beeps_project(tmp_path_factory.mktemp("sounds"))
    longer = tone(500, 2.0) * (np.arange(2 * RATE) < RATE) + tone(3000, 2.0) * (
        np.arange(2 * RATE) >= RATE
    )
    written(folder / "data" / "low" / "long.wav", longer)
    return f"folder:{folder}"


def power(values, hertz):
    spectrum = np.abs(np.fft.rfft(values)) ** 2
    at = round(hertz * len(values) / RATE)
    return float(spectrum[at - 30 : at + 30].sum())


def test_a_tile_plays_alone_and_opens_nothing(visitor, beeps):
    visitor.open("samples", source=beeps)
    board = visitor.board("gallery")
    plays = board.get_by_role("button", name=re.compile(r"^Play "))
    expect(plays).to_have_count(7)  # four sounds, and three windows of the long one
    assert visitor.page.evaluate(KEPT) == 0  # nothing is sent before it is asked for
    first, second = plays.nth(0), plays.nth(1)
    visitor.count_runs()
    first.click()
    stop = board.get_by_role("button", name=re.compile(r"^Stop"))
    expect(stop).to_have_count(1)
    visitor.page.wait_for_function(f"({HEARD})() !== ''")
    visitor.page.evaluate(FOR_EVER)
    assert visitor.page.evaluate(KEPT) == 1
    visitor.page.wait_for_function(LASTS, arg=1.0)
    playing = visitor.page.evaluate(HEARD)
    second.focus()  # the first is a stop by now: this is the third tile's
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_function(f"({HEARD})() && ({HEARD})() !== {playing!r}")
    expect(stop).to_have_count(1)
    stop.click()
    expect(stop).to_have_count(0)
    assert visitor.page.evaluate(HEARD) == ""
    assert "/samples" in visitor.page.url
    assert not visitor.exceptions()


@pytest.mark.whole
def test_the_key_p_plays_what_is_pointed_at(visitor, beeps):
    visitor.open("samples", source=beeps)
    visitor.board("gallery").locator("button.frame").nth(2).hover()
    visitor.page.keyboard.press("p")
    visitor.page.wait_for_function(f"({HEARD})() !== ''")
    visitor.page.keyboard.press("p")
    visitor.page.wait_for_function(f"({HEARD})() === ''")


def test_the_hottest_part_and_the_rest_are_heard(visitor, beeps):
    visitor.open("explain", source=beeps, sample="high/1.wav", method="hires-cam")
    figure = visitor.page.locator(".listening")
    expect(figure.locator("img")).to_have_attribute("alt", re.compile("Spectrogram of high/1"))
    expect(figure.locator(".ticks").first).to_contain_text("0.2 s")
    expect(figure.locator(".side")).to_contain_text(["", "1k"])
    heard = {}
    for part in ("Whole sound", "Hottest part", "The rest"):
        button = figure.get_by_role("button", name=part)
        button.click()
        visitor.page.wait_for_function(
            f"({HEARD})().endsWith({button.get_attribute('data-name')!r})"
        )
        heard[part] = np.array(visitor.page.evaluate(VALUES))
    whole, hot, rest = heard.values()
    assert len(whole) == len(hot) == len(rest) == RATE
    assert power(hot, 3000) > 0.5 * power(whole, 3000)
    assert power(rest, 3000) < 0.2 * power(whole, 3000)
    assert power(rest, 500) > 0.5 * power(whole, 500)


def test_the_line_follows_what_is_heard(visitor, beeps):
    visitor.open("explain", source=beeps, sample="high/1.wav")
    figure = visitor.page.locator(".listening")
    figure.get_by_role("button", name="Whole sound").click()
    visitor.page.wait_for_function(f"({HEARD})() !== ''")
    visitor.page.evaluate(FOR_EVER)
    for head in figure.locator(".head").all():
        expect(head).to_be_visible()
        expect(head).to_have_attribute("style", re.compile(r"left: [1-9]"))
    expect(figure.locator(".time")).to_have_text(re.compile(r"^0\.\d\d s$"))


def test_windows_have_their_verdicts_and_lead_to_each_other(visitor, beeps):
    visitor.open("explain", source=beeps, sample="low/long.wav@0.000s")
    figure = visitor.page.locator(".listening")
    chips = figure.locator(".chip")
    expect(chips).to_have_count(3)
    expect(chips.nth(0)).to_have_attribute("aria-current", "true")
    expect(chips.nth(2)).to_contain_text("1.00–2.00 s")
    expect(visitor.page.get_by_text("windows agree")).to_be_visible()
    chips.nth(2).click()
    visitor.at_rest()
    expect(chips.nth(2)).to_have_attribute("aria-current", "true")
    visitor.linked(sample="low/long.wav@1.000s")
    expect(figure.locator(".spectrum .ticks")).to_contain_text("1.2 s")


@pytest.mark.whole
def test_another_share_is_another_hottest_part(visitor, beeps):
    visitor.open("explain", source=beeps, sample="high/1.wav", heard_share="50")
    hot = visitor.page.locator(".listening").get_by_role("button", name="Hottest part")
    expect(hot).to_have_attribute("title", "The hottest 50 % alone")
    visitor.press("filling", "Silence")
    visitor.linked(filling="silence")


def test_a_sound_of_ones_own_is_explained(visitor, beeps, tmp_path):
    visitor.open("explain", source=beeps)
    visitor.page.get_by_role("button", name="Your own sound").click()
    expect(visitor.page.get_by_test_id("stAudioInput")).to_be_visible()
    mine = written(tmp_path / "mine.wav", tone(3000, 2.0))
    visitor.page.locator(".st-key-own_file input[type=file]").set_input_files(mine)
    expect(visitor.page.get_by_text("your own sound, not labelled")).to_be_visible()
    expect(visitor.page.locator(".listening .chip")).to_have_count(3)
    visitor.page.keyboard.press("Escape")
    figure = visitor.page.locator(".listening")
    figure.get_by_role("button", name="Whole sound").click()
    visitor.page.wait_for_function(f"({HEARD})() !== ''")
    visitor.page.wait_for_function(LASTS, arg=2.0)


@pytest.mark.whole
def test_the_server_plays_where_the_browser_runs_nothing_of_ours(visitor, beeps):
    visitor.open("explain", source=beeps, sample="high/1.wav", drawing="server")
    expect(visitor.page.get_by_test_id("stAudio")).to_have_count(3)
    visitor.open("samples", source=beeps, drawing="server")
    expect(visitor.page.get_by_test_id("stAudio")).to_have_count(0)
    visitor.page.get_by_role("button", name="▶ 1.wav").first.click()
    expect(visitor.page.get_by_test_id("stAudio")).to_have_count(1)


@pytest.mark.whole
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_is_accessible(new_visitor, beeps, dark):
    visitor = new_visitor(dark=dark, width=1366)
    for page in ("explain", "samples"):
        visitor.open(page, source=beeps)
        plays = visitor.page.get_by_role("button", name=re.compile("Play|Whole"))
        expect(plays.first).to_be_visible()
        found = Axe().run(visitor.page).response["violations"]
        serious = [each for each in found if each["impact"] in {"serious", "critical"}]
        assert [(each["id"], each["nodes"][0]["html"][:200]) for each in serious] == []


@pytest.mark.whole
def test_an_export_keeps_what_is_heard(visitor, beeps, tmp_path):
    visitor.open("export", source=beeps)
    visitor.page.locator(".st-key-make_export button").first.click()
    ready = visitor.page.locator(".st-key-download_export button").first
    expect(ready).to_be_visible()
    visitor.at_rest()
    with visitor.page.expect_download() as coming:
        ready.click()
    coming.value.save_as(tmp_path / "deploy.zip")
    with zipfile.ZipFile(tmp_path / "deploy.zip") as packed:
        names = packed.namelist()
    assert sum(name.endswith(".png") for name in names) == 7
    assert sum(name.endswith(".hot.wav") for name in names) == 7
