"""What README and docs show has to run, and what they list and name has to be all there is."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

import gradcam
from command.arguments import read_arguments
from gradcam import topology
from services.people.people_file import read_people
from services.people.person import Role
from services.sources.manifest import KNOWN, read_manifest

ROOT = Path(__file__).parents[1]
PAGES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
         for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}  # fmt: skip
ALL = "\n".join(PAGES.values())
NAMING = PAGES | {"CONTRIBUTING.md": (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")}
OURS = ("benchmarks", "command", "components", "demo", "gradcam", "pages", "services", "tests")
PRODUCED = {"gradcam/correct/", "gradcam/incorrect/"}  # by the command, where it was called
FILES = [f"/{path.relative_to(ROOT).as_posix()}" for part in OURS
         for path in (ROOT / part).rglob("*.py")]  # fmt: skip


def python_of(page):
    blocks = re.findall(r"```python\n(.*?)```", PAGES[page], re.DOTALL)
    return next(block for block in blocks if "load_network" in block)


def code_of(text):
    """Lines of fenced code, and what stands between backticks in a line."""
    fences = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return [line.split("  #")[0].strip() for fence in fences for line in fence.splitlines()] + spans


def files_named(page):
    return {name for span in code_of(NAMING[page]) for name in re.findall(r"^[\w/]+\.py\b", span)}


def folders_named(page):
    ours = rf"(?:{'|'.join(OURS)})/[\w/]*"
    return {span for span in code_of(NAMING[page]) if re.fullmatch(ours, span)}


def links_of(page):
    return re.findall(r"\]\((?!https?:)([^)#]+)\)", NAMING[page])


def is_there(name):
    """Whether a file is there, by its path or by the end of it, such as `tasks/registry.py`."""
    return (ROOT / name).is_file() or any(file.endswith(f"/{name}") for file in FILES)


CODE = code_of("\n".join(NAMING.values()))


@pytest.mark.parametrize("page", ["README.md", "docs/python.md"])
def test_the_python_shown_runs(page, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    block, names = python_of(page), {}
    for shown in re.findall(r"```python\n(.*?)```", PAGES[page], re.DOTALL):
        exec(compile(shown, page, "exec"), names)
    raw, picture, image = names["result"].maps[0], names["picture"], names["image"]
    assert gradcam.degenerate_reason(raw) is None
    assert picture.shape == image.shape
    assert np.abs(picture.astype(int) - image).mean() > 10  # there is heat on it
    if "quick" in block:
        assert re.search(r"takes car from 1?\d+ % to \d+ %", capsys.readouterr().out)


def test_what_explain_does_takes_five_lines():
    block = python_of("README.md")
    lines = [
        line for line in block.splitlines() if line and not line.startswith(("import", "from"))
    ]
    assert len(lines) == 5


def test_the_readme_is_a_screen_and_a_half():
    assert len(PAGES["README.md"].splitlines()) <= 90


def test_every_page_of_the_docs_is_in_their_index():
    listed = set(re.findall(r"^\| \[[\w.]+\]\(([\w.]+)\)", PAGES["docs/README.md"], re.MULTILINE))
    assert listed | {"README.md"} == {name[5:] for name in PAGES if name.startswith("docs/")}
    assert "(docs/README.md)" in PAGES["README.md"]


def test_every_method_is_listed_with_its_source():
    for method in gradcam.METHODS.values():
        if not method.control:
            row = re.search(rf"^\| `{re.escape(method.name)}` \|.*$", ALL, re.MULTILINE)
            assert row, method.name
            assert method.source.rpartition(", ")[2] in row[0]


def test_every_family_is_listed_with_its_scaling():
    families = [family.topology for family in topology._FAMILIES]
    table = PAGES["docs/networks.md"].partition("## Families")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([\w -]+) \| `([^`]+)`", table, re.MULTILINE)
    assert rows == [(each.name, each.scaling.value) for each in families]


@pytest.mark.parametrize("options", [gradcam.Scaling, gradcam.ResizeMethod])
def test_every_scaling_and_resize_filter_has_its_row(options):
    rows = re.findall(r"^\| (`.*?`) \| ", PAGES["docs/preprocessing.md"], re.MULTILINE)
    assert {option.value for option in options} <= set(re.findall(r"`([^`]+)`", "".join(rows)))


def test_the_project_toml_shown_can_be_read_and_has_every_key(tmp_path):
    (shown,) = re.findall(r"```toml\n(.*?)```", PAGES["docs/folders.md"], re.DOTALL)
    (tmp_path / "project.toml").write_text(shown, encoding="utf-8")
    assert read_manifest(tmp_path).unknown == ()
    keys = {
        f"{key}.{inner}" if inner else key
        for key, value in tomllib.loads(shown).items()
        for inner in (value if isinstance(value, dict) else [""])
    }
    assert KNOWN - keys == {"input.std"}  # another name of the deviation, said beside it
    assert "(or std)" in shown


def test_the_people_toml_shown_can_be_read(tmp_path):
    (shown,) = re.findall(r"```toml\n(.*?)```", PAGES["docs/hosting.md"], re.DOTALL)
    (tmp_path / "people.toml").write_text(shown, encoding="utf-8")
    people = read_people(tmp_path / "people.toml")
    assert people.admins == ("ann@example.org",)
    assert set(people.named.values()) == {Role.ADMIN, Role.REVIEWER, None}


def test_every_setting_of_the_server_is_listed():
    settings = (ROOT / "services" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"(?:environ\.get|_several)\(\s*\"(GRADCAM_\w+)\"", settings))
    assert len(read) > 5
    listed = re.findall(r"^\| `(GRADCAM_\w+)` \|", PAGES["docs/hosting.md"], re.MULTILINE)
    assert set(listed) == read
    entry = (ROOT / "entrypoint.sh").read_text(encoding="utf-8")
    assert set(re.findall(r"GRADCAM_\w+", ALL)) == read | set(re.findall(r"GRADCAM_\w+", entry))


def test_commands_that_are_named_are_there(capsys):
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    made = {match[1] for line in CODE if (match := re.match(r"make ([\w-]+)", line))}
    assert {"run", "test", "bench"} <= made <= targets
    with pytest.raises(SystemExit):
        read_arguments(["--help"], "")
    options = set(re.findall(r"--[a-z][\w-]*", capsys.readouterr().out))
    bench = (ROOT / "benchmarks" / "__main__.py").read_text(encoding="utf-8")
    measured = set(re.findall(r"\"(--\w+)\"", bench))
    ours = [line for line in CODE if line.startswith(("--", "python block.py", "python -m bench"))]
    named = {word for line in ours for word in re.findall(r"(?<!\S)--[a-z][\w-]*", line)}
    assert {"--demo", "--split", "--only"} <= named <= options | measured
    parts = {part for line in CODE for part in re.findall(r"--only (\w+)", line)}
    assert {"peers", "scan"} <= parts <= set(re.findall(r"\"(\w+)\": partial", bench))


@pytest.mark.parametrize("page", NAMING)
def test_files_that_a_page_names_are_there(page):
    assert sorted(name for name in files_named(page) if not is_there(name)) == []
    folders = folders_named(page) - PRODUCED
    assert sorted(name for name in folders if not (ROOT / name).is_dir()) == []
    links = links_of(page)
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).is_file()] == []


def test_pages_name_files_folders_and_links():
    for named in (files_named, folders_named, links_of):
        assert sum(len(named(page)) for page in NAMING) > 5
        assert named("CONTRIBUTING.md")
    assert len(files_named("docs/features.md")) > 20
