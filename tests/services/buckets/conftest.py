import os
from pathlib import Path

import pytest

from services.settings import settings


class Bucket:
    """A bucket of an S3 server on this machine."""

    def __init__(self, store, name):
        self._store, self.name = store, name
        store.create_dir(name)

    def put(self, folder, below="project"):
        """Bring a folder's files."""
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                self.write(f"{below}/{path.relative_to(folder).as_posix()}", path.read_bytes())

    def write(self, path, content):
        with self._store.open_output_stream(f"{self.name}/{path}") as sink:
            sink.write(content)

    def remove(self, path):
        self._store.delete_file(f"{self.name}/{path}")


@pytest.fixture(scope="session")
def s3():
    """An S3 server, and its address; it answers whoever has a key."""
    from moto.server import ThreadedMotoServer
    from pyarrow import fs

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    store = fs.S3FileSystem(
        access_key="ours", secret_key="ours", endpoint_override=address, region="us-east-1",
        allow_bucket_creation=True,
    )  # fmt: skip
    yield address, store
    server.stop()


@pytest.fixture
def bucket(s3, monkeypatch, fresh, request):
    """An empty one that the server may open."""
    address, store = s3
    name = f"b{abs(hash(request.node.nodeid))}"
    monkeypatch.setenv("GRADCAM_BUCKETS", f"s3://{name}")
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA-OURS")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "never-shown")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    settings.cache_clear()
    yield Bucket(store, name)
    assert "never-shown" not in os.environ.get("GRADCAM_CACHE", "")
