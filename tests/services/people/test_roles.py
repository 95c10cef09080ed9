import logging
import os

import pytest

from services.errors import NotAllowedError
from services.people.person import Role
from services.people.roles import groups_in, role_of
from services.settings import settings

ISSUER = "https://accounts.example.org"


@pytest.fixture
def said(monkeypatch, tmp_path):
    """Have settings, and what stands in people.toml."""

    def say(text=None, **environment):
        for name in ("GRADCAM_PEOPLE", "GRADCAM_ROLE_CLAIM", "GRADCAM_ROLES"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        if text is not None:
            (tmp_path / "people.toml").write_text(text, encoding="utf-8")
            monkeypatch.setenv("GRADCAM_PEOPLE", str(tmp_path / "people.toml"))
        settings.cache_clear()
        return tmp_path / "people.toml"

    yield say
    settings.cache_clear()


def role(email="ann@example.org", subject="1", **claims):
    return role_of(ISSUER, subject, email, groups_in(claims))


def refused(**who):
    with pytest.raises(NotAllowedError) as caught:
        role(**who)
    return str(caught.value)


PEOPLE = """
[people]
"ann@example.org" = "admin"
"Ben@Example.org" = "reviewer"
"https://accounts.example.org:3" = "reviewer"
"*@example.org" = "viewer"
"out@example.org" = "none"
"""


@pytest.mark.parametrize(
    ("email", "subject", "expected"),
    [
        ("ann@example.org", "1", Role.ADMIN),
        ("ANN@example.org", "1", Role.ADMIN),
        ("ben@example.org", "2", Role.REVIEWER),
        ("", "3", Role.REVIEWER),
        ("cleo@example.org", "4", Role.VIEWER),
    ],
)
def test_a_person_is_known_by_address_subject_or_domain(said, email, subject, expected):
    said(PEOPLE)
    assert role(email, subject) is expected


@pytest.mark.parametrize(
    "who",
    [
        {"email": "dan@example.com"},
        {"email": ""},  # not verified: then it is nobody's
        {"email": "ann@example.org.evil.test"},
        {"email": "out@example.org"},
    ],
)
def test_who_has_no_role_is_told_whom_to_ask(said, who):
    said(PEOPLE)
    sentence = refused(**who)
    assert sentence.endswith("ask ann@example.org for one.")


def test_the_subject_of_another_issuer_is_another_person(said):
    said('[people]\n"https://accounts.example.org:3" = "admin"\n')
    with pytest.raises(NotAllowedError):
        role_of("https://other.example.org", "3", "")


def test_whoever_is_not_named_has_the_default(said):
    said('default = "viewer"\n[people]\n"ann@example.org" = "admin"\n')
    assert role("ben@example.com") is Role.VIEWER
    assert role("") is Role.VIEWER


def test_an_own_line_counts_before_what_the_claim_says(said):
    said(PEOPLE, GRADCAM_ROLE_CLAIM="groups")
    assert role("ben@example.org", "2", groups=["admin"]) is Role.REVIEWER
    assert "no role" in refused(email="out@example.org", groups=["admin"])


def test_without_an_own_line_the_highest_counts(said):
    said(PEOPLE, GRADCAM_ROLE_CLAIM="groups")
    assert role("cleo@example.org", "4", groups=["reviewer"]) is Role.REVIEWER
    said('default = "reviewer"\n', GRADCAM_ROLE_CLAIM="groups")
    assert role("cleo@example.org", "4", groups=["viewer"]) is Role.REVIEWER


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"groups": ["staff", "CN=leads,OU=ml"]}, Role.ADMIN),
        ({"groups": ["label=ers"]}, Role.REVIEWER),
        ({"groups": "label=ers"}, Role.REVIEWER),
        ({"groups": ["label=ers", "CN=leads,OU=ml"]}, Role.ADMIN),
    ],
)
def test_the_values_of_a_claim_are_given_roles(said, claims, expected):
    said(GRADCAM_ROLE_CLAIM="groups", GRADCAM_ROLES="CN=leads,OU=ml=admin; label=ers = reviewer")
    assert role(**claims) is expected


@pytest.mark.parametrize(
    "claims",
    [{}, {"groups": ["admin"]}, {"groups": None}, {"groups": [None, 3]}, {"roles": ["leads"]}],
)
def test_a_claim_without_such_a_value_gives_none(said, claims):
    said(GRADCAM_ROLE_CLAIM="groups", GRADCAM_ROLES="leads=admin")
    assert refused(**claims).endswith("ask whoever runs this dashboard for one.")


def test_of_many_groups_only_those_that_give_roles_are_kept(said):
    said(GRADCAM_ROLE_CLAIM="groups", GRADCAM_ROLES="leads=admin; label ers=reviewer")
    assert groups_in({"groups": ["leads", *map(str, range(200)), "label ers"]}) == (
        "leads",
        "label ers",
    )
    said(GRADCAM_ROLES="leads=admin")
    assert groups_in({"groups": ["leads"]}) == ()


def test_a_claim_may_lie_within_another_or_have_dots_in_its_name(said):
    said(GRADCAM_ROLE_CLAIM="realm_access.roles")
    assert role(realm_access={"roles": ["reviewer"]}) is Role.REVIEWER
    said(GRADCAM_ROLE_CLAIM="https://example.org/roles")
    assert role(**{"https://example.org/roles": ["viewer"]}) is Role.VIEWER


def test_where_nobody_gives_roles_nobody_has_one(said):
    said()
    assert "GRADCAM_PEOPLE" in refused(groups=["admin"])


def test_a_mapping_to_no_role_is_no_setting(said):
    said(GRADCAM_ROLES="leads=amdin")
    with pytest.raises(ValueError, match="GRADCAM_ROLES gives 'amdin'"):
        settings()


def test_the_file_is_read_anew_once_it_has_changed(said):
    path = said('[people]\n"ann@example.org" = "viewer"\n')
    assert role() is Role.VIEWER
    path.write_text('[people]\n"ann@example.org" = "admins"\n', encoding="utf-8")
    assert "no role" in refused()
    path.write_text('[people]\n"ann@example.org" = "admin"\n', encoding="utf-8")
    assert role() is Role.ADMIN
    before = path.stat()
    path.write_text('[people]\n"ann@example.org" = "viewe"\n', encoding="utf-8")
    path.write_text('[people]\n"ann@example.com" = "admin"\n', encoding="utf-8")  # as long
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert "no role" in refused()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('default = "viewer"\n[people]\n"ann@example.org" = "amdin"\n', "line 3: “amdin” is no"),
        ('defualt = "viewer"\n', "line 1: “defualt” means nothing here"),
        ('[people]\n"ann@example.org" = admin\n', "line 2: this is no TOML"),
        ('[people]\n"a@b.c" = "viewer"\n"a@b.c" = "admin"\n', "line 3: this is no TOML"),
        ('[people]\n"a@b.c" = "viewer"\n"A@b.c" = "admin"\n', "line 3: “A@b.c” stands there twice"),
        ("default = 3\n", "line 1: “3” is no role; these are viewer, reviewer, admin, none"),
        ('people = "all"\n', "line 1: write a table [people]"),
        ('default = "viewer"\n[people', "line 2: this is no TOML"),
    ],
)
def test_by_a_fault_in_the_file_nobody_gains_a_right(said, text, expected, caplog):
    said(text, GRADCAM_ROLE_CLAIM="groups")
    with caplog.at_level(logging.ERROR):
        sentence = refused(groups=["admin"])
    assert sentence.startswith(f"people.toml, {expected}")
    assert "Nobody is let in until" in sentence
    assert "people.toml" in caplog.text


def test_a_file_that_is_not_there_lets_nobody_in(said):
    path = said("")
    path.unlink()
    assert refused().startswith("people.toml, No such file or directory.")
