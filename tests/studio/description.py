"""Studio's own description of its API, where that is at hand."""

from pathlib import Path

import pytest
import yaml
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

DESCRIPTION = Path(__file__).parents[3] / "shared" / "facts" / "edge_impulse_openapi.yml"
DOCUMENT = "urn:studio"
at_hand = pytest.mark.skipif(
    not DESCRIPTION.is_file(),
    reason="Studio's description lies beside the repository: ../shared/facts",
)


class Description:
    """The OpenAPI document."""

    def __init__(self):
        self.document = yaml.load(DESCRIPTION.read_bytes(), Loader=yaml.CSafeLoader)
        resource = Resource(contents=self.document, specification=DRAFT4)
        self.registry = Registry().with_resource(DOCUMENT, resource)

    def holds(self, answer, path, method="get"):
        """Raise unless an answer is as described for a path."""
        place = f"/paths/{path.replace('/', '~1')}/{method}/responses/200/content"
        self.check(answer, f"{place}/application~1json/schema")

    def check(self, answer, pointer):
        schema = {"$ref": f"{DOCUMENT}#{pointer}"}
        OAS30Validator(
            schema, registry=self.registry, format_checker=oas30_format_checker
        ).validate(answer)

    def parameters(self, path, method="get"):
        """Names of a call's query parameters."""
        shared = self.document["components"]["parameters"]
        for item in self.document["paths"][path][method].get("parameters", []):
            told = shared[item["$ref"].rpartition("/")[2]] if "$ref" in item else item
            if told["in"] == "query":
                yield told["name"]
