"""The file of bank connections: what it may say, and how each mistake in it is told."""

from datetime import time
from pathlib import Path
from textwrap import dedent

import gmssl_pyx
import pytest

from sanzi.bank import connections
from sanzi.bank.adapters import Banks
from sanzi.bank.errors import ConnectionsWrong, GatewayUnavailable, NotConnected
from sanzi.bank.http import CAPS, Iso20022Gateway, Messages

BROKEN = sorted((Path(__file__).parent / "broken_connections").glob("*.yaml"))
TWO_BANKS = """
    - name: rural
      title: 云溪农商银行
      adapter: iso20022
      url: http://127.0.0.1:8800/
      customer: sanzi
      customer_key: sanzi.key
      bank_key: bank.pub
      bank_codes: ["402", "*"]
    - name: farm
      title: 农业银行云溪支行
      adapter: iso20022
      url: https://192.0.2.7:9443
      customer: YX330782
      customer_key: sanzi.key
      bank_key: bank.pub
      bank_codes: ["103", "402999"]
      timeout_seconds: 20
      caps:
        lines_max: 100
        queue_dead_at_statement: false
        closed_hours: [00:00-01:00, 17:15-17:30]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with keys, where a file of connections can be put."""
    (tmp_path / "sanzi.key").write_text(f"{'1' * 64}\n{'2' * 128}\n")
    (tmp_path / "bank.pub").write_text("2" * 128)
    return tmp_path


def put(folder: Path, text: str) -> Path:
    path = folder / "banks.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    return path


def test_two_banks_are_read_with_what_differs_from_the_adapter(folder: Path) -> None:
    rural, farm = connections.read(put(folder, TWO_BANKS))

    assert (rural.url, rural.timeout_seconds) == ("http://127.0.0.1:8800", 30.0)
    assert (farm.title, farm.customer, farm.timeout_seconds) == ("农业银行云溪支行", "YX330782", 20)
    assert farm.customer_key == folder / "sanzi.key"
    caps = farm.capabilities(CAPS)
    assert (caps.lines_max, caps.queue_dead_at_statement) == (100, False)
    assert caps.closed_hours == ((time(0), time(1)), (time(17, 15), time(17, 30)))
    assert caps.idempotent_replay == CAPS.idempotent_replay
    assert rural.capabilities(CAPS) == CAPS


@pytest.mark.parametrize(
    ("bank_code", "name"),
    [
        ("402100000017", "rural"),
        ("402999900017", "farm"),
        ("103999900025", "farm"),
        ("313330782015", "rural"),
        ("", "rural"),
    ],
)
def test_the_longest_figures_decide_which_bank_keeps_an_account(
    folder: Path, bank_code: str, name: str
) -> None:
    found = connections.find(connections.read(put(folder, TWO_BANKS)), bank_code)

    assert found is not None
    assert found.name == name


def test_an_account_of_a_bank_that_is_not_connected_is_sent_nothing(folder: Path) -> None:
    banks = Banks(connections.read(put(folder, TWO_BANKS.replace(', "*"', ""))), folder)

    with pytest.raises(NotConnected) as caught:
        banks.of("313330782015")

    assert isinstance(caught.value, GatewayUnavailable)
    assert caught.value.is_fate_known
    assert "313330782015" in caught.value.text


def test_the_versions_of_messages_are_a_matter_of_each_bank(folder: Path) -> None:
    public, private = gmssl_pyx.sm2_key_generate()
    (folder / "sanzi.key").write_text(f"{private.hex()}\n{public.hex()}\n")
    (folder / "bank.pub").write_text(public.hex())
    text = TWO_BANKS.replace('"*"]', '"*"]\n      options: {notices: camt.052.001.08}')

    rural = Banks(connections.read(put(folder, text)), folder).by_name("rural")

    assert isinstance(rural, Iso20022Gateway)
    assert rural._messages == Messages(notices="camt.052.001.08")


@pytest.mark.parametrize("path", BROKEN, ids=[path.stem for path in BROKEN])
def test_each_mistake_is_told_with_its_line_and_what_to_write(path: Path, folder: Path) -> None:
    text = path.read_text(encoding="utf-8")
    expected = text.splitlines()[0].removeprefix("# ")

    with pytest.raises(ConnectionsWrong) as caught:
        connections.read(put(folder, text))

    assert expected in caught.value.text
    assert caught.value.text.count("行：") == 1, caught.value.text
    assert caught.value.is_fate_known


def test_a_file_that_is_not_there_and_one_that_is_not_utf8_are_told(folder: Path) -> None:
    with pytest.raises(ConnectionsWrong, match="读不到"):
        connections.read(folder / "none.yaml")
    odd = folder / "odd.yaml"
    odd.write_bytes("- title: 农商银行".encode("gbk"))
    with pytest.raises(ConnectionsWrong, match="不是 UTF-8"):
        connections.read(odd)


def test_a_key_file_that_holds_no_key_stops_that_bank_alone(folder: Path) -> None:
    found = connections.read(put(folder, TWO_BANKS))
    banks = Banks(found, folder)
    (folder / "bank.pub").write_text("not a key")

    with pytest.raises(ConnectionsWrong, match="密钥文件用不了"):
        banks.of("402100000017")
