"""The widget's own tests and the generated types; the desk's own tests are in `make check`."""

import os
import re
from collections.abc import Iterator

import pytest

from tools import web


@pytest.fixture(scope="module")
def node() -> Iterator[None]:
    try:
        with web.npm():
            yield
    except web.NoNode as error:
        if os.environ.get("PEAKEND_REQUIRE_BROWSER") == "1":
            raise
        pytest.skip(str(error))


def failed(tap: str) -> str:
    """What the test runner says of the tests that failed; its end where it never came to them."""
    found = re.findall(r"^ *not ok .*?^ *\.\.\.$", tap, re.M | re.S)
    return "\n".join(found)[:8000] or tap[-4000:]


def test_the_widgets_tests(node: None, capfd: pytest.CaptureFixture[str]) -> None:
    assert web.run(*web.TESTS) == 0, failed(capfd.readouterr().out)


def test_the_generated_types_are_the_descriptions(node: None) -> None:
    made = ("exec", "-w", "desk", "--", "openapi-typescript", "src/api/openapi.json",
            "-o", "src/api/schema.d.ts", "--check")  # fmt: skip
    assert web.run(made) == 0, "run `make types`"
