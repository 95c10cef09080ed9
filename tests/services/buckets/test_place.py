"""Where a project lies in an object store, and whether a server may go there."""

import pytest

from services.buckets.place import BucketPlace, Store, allowed
from services.errors import ProjectError


@pytest.mark.parametrize(
    ("text", "store", "bucket", "folder", "name"),
    [
        ("s3://models", Store.S3, "models", "", "models"),
        ("s3://models/cars/v2/", Store.S3, "models", "cars/v2", "v2"),
        (" gs://a.b-c/d e ", Store.GOOGLE, "a.b-c", "d e", "d e"),
        ("az://box//x", Store.AZURE, "box", "x", "x"),
    ],
)
def test_what_people_type_is_read(text, store, bucket, folder, name):
    place = BucketPlace.of(text)
    assert (place.store, place.bucket, place.folder) == (store, bucket, folder)
    assert place.name == name
    assert BucketPlace.of(str(place)) == place


@pytest.mark.parametrize(
    "text",
    [
        "", "models", "s3:models", "s3://", "http://models/x", "file:///etc", "s3://a/../b",
        "s3://a/./b", "s3://key:secret@a/b", "s3://a?endpoint_override=evil.test", "s3://a/b?region=x",
        "s3://a/b#c", "s3://a/b\\c", "s3://a/b\nc", "s3://-a/b",
    ],
)  # fmt: skip
def test_what_is_no_address_is_told(text):
    with pytest.raises(ProjectError, match="such as s3://bucket/folder"):
        BucketPlace.of(text)


def test_only_what_lies_below_a_named_one_is_allowed():
    roots = ("s3://models/team", "gs://other")
    for inside in ("s3://models/team", "s3://models/team/cars", "gs://other/x"):
        allowed(BucketPlace.of(inside), roots)
    for outside in ("s3://models", "s3://models/teams", "s3://other/x", "s3://models/te"):
        with pytest.raises(ProjectError, match="its owner names buckets in GRADCAM_BUCKETS"):
            allowed(BucketPlace.of(outside), roots)
    with pytest.raises(ProjectError, match="does not open s3://models"):
        allowed(BucketPlace.of("s3://models/team"), ())
