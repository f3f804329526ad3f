"""`sanzi doctor` finds what is wrong, says what to do, and ends with 1."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.db import connection

from sanzi.evidence.models import File
from sanzi.interfaces.cli.main import main
from worlds import village

pytestmark = pytest.mark.django_db


def findings(capsys, *options: str) -> tuple[int, dict[str, dict[str, object]]]:
    code = main(["doctor", "--json", *options])
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    return code, {one["name"]: one for one in told}


def test_a_whole_installation_is_fine_where_it_can_be(capsys) -> None:
    village.build()

    _, found = findings(capsys)

    for name in ("设置", "迁移", "防改机关", "原件", "字体", "数据密钥", "日志和账本"):
        assert found[name]["is_fine"], found[name]


def test_an_unreachable_bank_is_told_with_what_to_do(settings, capsys) -> None:
    settings.SANZI = replace(settings.SANZI, bank_url="http://127.0.0.1:9")

    code, found = findings(capsys, "--quick")

    assert code == 1
    assert not found["银行"]["is_fine"]
    assert "不会重付" in str(found["银行"]["advice"])


def test_of_two_banks_the_silent_one_is_named_and_a_wrong_file_is_explained(
    settings, tmp_path, capsys
) -> None:
    for name in ("sanzi.key", "bank.pub"):
        (tmp_path / name).write_text("00")
    file = tmp_path / "banks.yaml"
    one = """
- {{name: {0}, title: {1}, adapter: {2}, url: "http://127.0.0.1:{3}", customer: sanzi,
    customer_key: sanzi.key, bank_key: bank.pub, bank_codes: ["{4}"]}}"""
    two = one.format("rural", "农商银行", "iso20022", 9, "402")
    file.write_text(two + one.format("farm", "农业银行", "direct", 10, "103"), encoding="utf-8")
    settings.SANZI = replace(settings.SANZI, bank_connections=file)

    _, found = findings(capsys, "--quick")
    assert str(found["银行"]["said"]).startswith("农商银行 http://127.0.0.1:9 连不上")
    assert "农业银行 http://127.0.0.1:10 连不上" in str(found["银行"]["said"])

    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(two.replace("iso20022", "fax"), encoding="utf-8")
    settings.SANZI = replace(settings.SANZI, bank_connections=wrong)
    code, found = findings(capsys, "--quick")
    assert code == 1
    assert "wrong.yaml 第2行：没有“fax”这种接法" in str(found["银行"]["said"])
    assert "改好这个文件" in str(found["银行"]["advice"])


def test_a_lost_original_is_named(capsys) -> None:
    File.objects.create(
        digest="ab" * 32, media_type="image/png", size_bytes=1, stored_at=village.AT
    )

    code, found = findings(capsys, "--quick")

    assert code == 1
    assert "ab" * 32 in str(found["原件"]["said"])


def test_a_guard_that_is_gone_is_found(capsys) -> None:
    with connection.cursor() as cursor:
        table = "" if connection.vendor == "sqlite" else " ON ledger_voucher"
        cursor.execute(f"DROP TRIGGER ledger_voucher_month_of_date{table}")

    code, found = findings(capsys, "--quick")

    assert code == 1
    assert not found["防改机关"]["is_fine"]


def test_a_worker_that_never_ran_is_told(capsys) -> None:
    assert main(["doctor", "--quick"]) == 1

    said = capsys.readouterr().out
    assert "不对  后台任务" in said
    assert "systemctl status sanzi-worker" in said
