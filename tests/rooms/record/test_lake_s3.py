"""A lake in a store that speaks S3, tried against a server of its kind."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyarrow import fs

from sanzi.record.lake import errors, stores
from worlds.lake import AT, NEXT_DAY, SmallCounty

LIBRARY = Path(__file__).parents[3] / "build" / "lake"


@pytest.fixture(scope="module")
def endpoint():
    """Run the store; its address."""
    if not (LIBRARY / "moto").exists():
        pytest.skip("build/lake is not there: make lake")
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    patch = pytest.MonkeyPatch()
    for name, value in keys.items():
        patch.setenv(name, value)
    code = (
        "from moto.server import ThreadedMotoServer as S\n"
        "s = S(ip_address='127.0.0.1', port=0); s.start()\n"
        "print('port', s.get_host_and_port()[1], flush=True)\n"
        "import sys; sys.stdin.read()\n"
    )
    around = {**os.environ, "PYTHONPATH": str(LIBRARY)}
    with subprocess.Popen(
        [sys.executable, "-c", code], env=around, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    ) as server:  # fmt: skip
        port = next(one for one in server.stdout if one.startswith("port ")).split()[1]
        yield f"http://127.0.0.1:{port}"
        server.terminate()
    patch.undo()


@pytest.fixture
def county(endpoint, tmp_path):
    bucket = f"lake{time.time_ns()}"
    address = endpoint.removeprefix("http://")
    fs.S3FileSystem(
        endpoint_override=address, scheme="http", region="us-east-1", allow_bucket_creation=True
    ).create_dir(bucket)
    return SmallCounty(tmp_path, place=f"s3://{bucket}/village/lake?endpoint={endpoint}")


def test_a_county_publishes_to_a_store_and_a_city_takes_it(county):
    county.publish()
    county.rows["payment"][0]["amount_fen"] = 60_000
    again = county.publish(AT + NEXT_DAY)

    taken = county.take(AT + NEXT_DAY)

    assert (again.serial, again.written) == (2, 1)
    assert taken.manifest == county.manifest()
    assert len(taken.files["payment"]) == 2
    assert county.take(AT + NEXT_DAY).is_new is False


def test_half_of_it_in_the_store_is_refused(county):
    county.publish()
    path = county.manifest().parts[0].path(county.code)
    county.store.remove(path)

    with pytest.raises(errors.FileMissing):
        county.take()
    county.store.write(path, b"other bytes")
    with pytest.raises(errors.FileBroken):
        county.take()

    assert county.kept() == {}


def test_a_store_that_is_not_there_is_a_place_that_cannot_be_opened(endpoint):
    store = stores.opened(f"s3://nobucket{time.time_ns()}/lake?endpoint={endpoint}")

    with pytest.raises(errors.BadPlace) as raised:
        store.write("a", b"x")
    assert raised.value.data["place"].startswith("s3://nobucket")
