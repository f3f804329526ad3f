"""The text message gateway beside the bank: takes texts, shows them in an inbox, sends nothing.

The request has the fields of the large Chinese gateways (PhoneNumbers, SignName, TemplateCode,
TemplateParam, OutId). The same OutId to the same number is one text, however often it is sent.
"""

import json
import re
import sqlite3

from sanzi_bank.faults import strike
from sanzi_bank.store import now_ms
from sanzi_bank.tongues import LOST, Reply, json_reply


def send(db: sqlite3.Connection, fields: dict[str, str]) -> Reply:
    """Keep one text for each number and answer with Code OK and a BizId."""
    phones = [phone for phone in fields.get("PhoneNumbers", "").split(",") if phone]
    out_id, template = fields.get("OutId", ""), fields.get("TemplateCode", "")
    try:
        params = json.loads(fields.get("TemplateParam") or "{}")
    except ValueError:
        return json_reply(200, Code="isv.INVALID_JSON_PARAM", Message="模板参数不是 JSON")
    if not all(re.fullmatch(r"1\d{10}", phone) for phone in phones) or not phones:
        return json_reply(200, Code="isv.MOBILE_NUMBER_ILLEGAL", Message="手机号不对")
    fault = strike(db, "sms", out_id or phones[0])
    if fault is not None and fault.kind == "sms_outage":
        return json_reply(503, Code="UNAVAILABLE")
    biz_id = ""
    for phone in phones:
        biz_id = _keep(db, phone, template, params, sign=fields.get("SignName", ""), out_id=out_id)
    if fault is not None:
        return LOST
    return json_reply(200, Code="OK", Message="OK", BizId=biz_id, RequestId=biz_id)


BATCH_MAX = 100


def send_batch(db: sqlite3.Connection, fields: dict[str, str]) -> Reply:
    """Keep texts with values of their own, at most a hundred, in one turn.

    PhoneNumberJson, TemplateParamJson and OutIdJson are lists of the same length. Answers with
    Code OK and a BizIdJson in the same order; a number that is wrong gets an empty id.
    """
    try:
        phones, params, out_ids = (
            json.loads(fields.get(name) or "[]")
            for name in ("PhoneNumberJson", "TemplateParamJson", "OutIdJson")
        )
        rows = list(zip(phones, params, out_ids, strict=True))
    except (ValueError, TypeError):
        return json_reply(200, Code="isv.INVALID_JSON_PARAM", Message="三个列表要一样长")
    if not 0 < len(rows) <= BATCH_MAX:
        return json_reply(200, Code="isv.MOBILE_COUNT_OVER_LIMIT", Message="一次最多100条")
    template, sign = fields.get("TemplateCode", ""), fields.get("SignName", "")
    faults = [strike(db, "sms", str(out_id)) for _, _, out_id in rows]
    if any(one is not None and one.kind == "sms_outage" for one in faults):
        return json_reply(503, Code="UNAVAILABLE")
    biz_ids = [
        _keep(db, phone, template, given, sign=sign, out_id=str(out_id))
        if re.fullmatch(r"1\d{10}", str(phone))
        else ""
        for phone, given, out_id in rows
    ]
    if any(one is not None for one in faults):
        return LOST
    return json_reply(200, Code="OK", Message="OK", BizIdJson=biz_ids)


def _keep(
    db: sqlite3.Connection, phone: str, template: str, params: object, *, sign: str, out_id: str
) -> str:
    known = db.execute(
        "SELECT biz_id FROM sms WHERE out_id = ? AND phone = ? AND out_id <> ''", (out_id, phone)
    ).fetchone()
    if known is not None:
        return str(known["biz_id"])
    number = db.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM sms").fetchone()[0]
    biz_id = f"SMS{number:010d}"
    db.execute(
        """INSERT INTO sms (at, phone, sign, template, params, text, out_id, biz_id)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            now_ms(db), phone, sign, template, json.dumps(params, ensure_ascii=False),
            _text(db, template, params), out_id, biz_id,
        ),
    )  # fmt: skip
    return biz_id


def _text(db: sqlite3.Connection, template: str, params: object) -> str:
    given = params if isinstance(params, dict) else {}
    row = db.execute("SELECT text FROM sms_template WHERE code = ?", (template,)).fetchone()
    if row is None:
        return str(given.get("text") or "，".join(str(value) for value in given.values()))
    return re.sub(r"\$\{(\w+)\}", lambda match: str(given.get(match[1], "")), row["text"])


def inbox(db: sqlite3.Connection, phone: str = "", limit: int = 500) -> list[dict[str, object]]:
    """The newest texts first, of one number or of all."""
    rows = db.execute(
        "SELECT * FROM sms WHERE ? IN ('', phone) ORDER BY id DESC LIMIT ?", (phone, limit)
    ).fetchall()
    return [{**dict(row), "params": json.loads(row["params"])} for row in rows]
