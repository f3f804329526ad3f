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
