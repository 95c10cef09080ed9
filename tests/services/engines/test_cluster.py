"""A cluster that is not there is told at once, whatever listens in its place."""

import socket
import subprocess

import pytest

from services.engines import cluster, on_ray
from services.errors import ProjectError


@pytest.fixture
def listening():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def asked(monkeypatch, told):
    """How the process that asks Ray ends; what it was asked."""
    words = []

    def run(command, **_):
        words.append(command[-1])
        if isinstance(told, BaseException):
            raise told
        return subprocess.CompletedProcess(command, told)

    monkeypatch.setattr(cluster.subprocess, "run", run)
    return words


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "127.0.0.1:a", "[::1:5"])
def test_where_nobody_listens_ray_is_not_even_asked(monkeypatch, address):
    words = asked(monkeypatch, 0)
    assert not cluster.answers(address)
    assert words == []


def test_whoever_listens_must_answer_as_a_cluster_does(monkeypatch, listening):
    assert asked(monkeypatch, 0) == []
    assert cluster.answers(listening)
    asked(monkeypatch, 1)
    assert not cluster.answers(listening)
    asked(monkeypatch, subprocess.TimeoutExpired("ray", cluster.ANSWERED))
    assert not cluster.answers(listening)


def test_what_names_no_port_is_left_to_ray():
    assert cluster.answers("auto")


def test_what_is_missing_is_one_sentence(monkeypatch):
    monkeypatch.setattr(on_ray.importlib.util, "find_spec", lambda _: True)
    with pytest.raises(ProjectError, match=r"^There is no Ray cluster at 127\.0\.0\.1:1; .*\.$"):
        on_ray.require_ray("127.0.0.1:1")
    on_ray.require_ray("")
    monkeypatch.setattr(on_ray.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ProjectError, match="Ray is not installed here"):
        on_ray.require_ray("")
