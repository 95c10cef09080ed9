"""The compose file, read: no engine runs in tests. Its parts run as processes in tests/hosting."""

import re
from dataclasses import fields

import pytest
import yaml

from hosting.proxy import CONFIGURATION
from services.settings import Settings, settings
from tests.container.recipe import ROOT

TEXT = (ROOT / "compose.yaml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
REPLICAS = ("dashboard-a", "dashboard-b")
TOLD = (ROOT / "services" / "settings.py").read_text(encoding="utf-8")
GIVEN = re.compile(r"\$\{(?P<name>\w+):-(?P<default>[^}]*)\}")


def environment(name):
    return SERVICES[name].get("environment", {})


@pytest.mark.parametrize("name", ["dashboard", *REPLICAS])
def test_the_dashboard_writes_nowhere_but_in_its_volumes(name):
    service = SERVICES[name]
    assert service["volumes"] == ["cache:/cache", "notes:/notes"]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert environment(name)["GRADCAM_FOLDERS"] == ""


def test_ports_are_open_on_this_machine_only():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    own = ["127.0.0.1:8501:8501"]
    assert ports == {"dashboard": own, "proxy": own}


def test_the_team_has_a_profile_of_its_own_and_one_person_gets_nothing_of_it():
    team = {name for name, service in SERVICES.items() if service.get("profiles") == ["team"]}
    assert team == {*REPLICAS, "proxy", "database"}
    assert set(SERVICES) - team == {"dashboard"}
    assert "depends_on" not in SERVICES["dashboard"]


def test_replicas_are_alike_and_share_the_cache_and_the_database():
    first, second = (SERVICES[name] for name in REPLICAS)
    assert first == second
    user, database = (environment("database")[f"POSTGRES_{name}"] for name in ("USER", "DB"))
    password = environment("database")["POSTGRES_PASSWORD"]
    assert environment("dashboard-a")["GRADCAM_DATABASE"] == (
        f"postgresql+psycopg://{user}:{password}@database/{database}"
    )


@pytest.mark.parametrize("name", ["dashboard", *REPLICAS])
def test_every_setting_is_one_that_the_dashboard_reads(name):
    assert [given for given in environment(name) if f'"{given}"' not in TOLD] == []


def test_no_secret_stands_in_the_file():
    """What is one, the settings know: they do not show it."""
    secret = [field.name for field in fields(Settings) if not field.repr]
    assert {"secret", "token", "metrics_token", "database"} <= set(secret)
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            words = name.removeprefix("GRADCAM_").lower()
            if words in secret or "PASSWORD" in name:
                given = GIVEN.findall(value)
                assert len(given) == 1, name
                assert given[0][1] == "", name
                left = GIVEN.sub("", value)
                assert left in {"", "postgresql+psycopg://gradcam:@database/gradcam"}


def test_nothing_must_be_set_where_one_dashboard_runs():
    assert set(re.findall(r"\$\{\w+(.)", TEXT)) == {":"}
    assert len(re.findall(r"\$\{", TEXT)) == len(GIVEN.findall(TEXT))


def test_what_is_empty_in_the_file_is_as_if_it_was_not_set(monkeypatch):
    for name, value in environment("dashboard").items():
        monkeypatch.setenv(name, GIVEN.sub(lambda given: given["default"], value))
    settings.cache_clear()
    given = settings()
    settings.cache_clear()
    assert (given.login, given.folders, given.hosts, given.log) == ("token", (), (), "text")
    assert given.token
    assert given.secret


def test_the_proxy_has_what_its_configuration_asks_for():
    proxy = SERVICES["proxy"]
    text = CONFIGURATION.read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{(\w+)", text)) == set(proxy["environment"])
    here, there, how = proxy["volumes"][0].split(":")
    assert (ROOT / here).resolve() == CONFIGURATION
    assert (there, how) == ("/usr/local/etc/haproxy/haproxy.cfg", "ro")
    replicas = {value for name, value in proxy["environment"].items() if "REPLICA" in name}
    assert replicas == {f"{name}:8501" for name in REPLICAS}


def test_every_volume_is_declared_and_used():
    used = {
        volume.partition(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if not volume.startswith((".", "/"))
    }
    assert used == set(COMPOSE["volumes"])


def test_with_a_gpu_each_dashboard_is_built_from_the_other_lock_and_gets_one():
    text = (ROOT / "compose.gpu.yaml").read_text(encoding="utf-8")
    services = yaml.safe_load(text)["services"]
    assert set(services) == {"dashboard", *REPLICAS}
    for service in services.values():
        lock = service["build"]["args"]["LOCK"]
        assert (ROOT / lock).is_file()
        assert f"--build-arg LOCK={lock}" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
        assert service["image"] != SERVICES["dashboard"]["image"]
        (device,) = service["deploy"]["resources"]["reservations"]["devices"]
        assert device["capabilities"] == ["gpu"]
