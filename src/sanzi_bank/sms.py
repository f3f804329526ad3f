"""The text message gateway beside the bank: takes texts, shows them in an inbox, sends nothing.

A request has the fields of the large Chinese gateways: PhoneNumbers, SignName, TemplateCode,
TemplateParam, OutId for one wording; PhoneNumberJson, SignNameJson, TemplateParamJson, OutIdJson
for up to a hundred texts with parameters of their own. The same OutId to the same number is one
text, however often it is sent. A text to a number that ends in 0000 does not arrive.
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
DEAD_TAIL = "0000"


def send_batch(db: sqlite3.Connection, fields: dict[str, str]) -> Reply:
    """Keep a text for each number of a batch, all or none, and answer a BizId for each."""
    lists = {}
    for name in ("PhoneNumberJson", "SignNameJson", "TemplateParamJson", "OutIdJson"):
        try:
            lists[name] = json.loads(fields.get(name) or "[]")
        except ValueError:
            return json_reply(200, Code="isv.INVALID_JSON_PARAM", Message=f"{name} 不是 JSON")
    phones = [str(phone) for phone in lists["PhoneNumberJson"]]
    if not phones or len({len(one) for one in lists.values()}) != 1:
        return json_reply(200, Code="isv.PARAM_LENGTH_LIMIT", Message="几个列表长短不一")
    if len(phones) > BATCH_MAX:
        return json_reply(200, Code="isv.MOBILE_COUNT_OVER_LIMIT", Message="一次最多100个号码")
    if not all(re.fullmatch(r"1\d{10}", phone) for phone in phones):
        return json_reply(200, Code="isv.MOBILE_NUMBER_ILLEGAL", Message="手机号不对")
    fault = strike(db, "sms", str(lists["OutIdJson"][0]) or phones[0])
    if fault is not None and fault.kind == "sms_outage":
        return json_reply(503, Code="UNAVAILABLE")
    template = fields.get("TemplateCode", "")
    biz_ids = [
        _keep(db, phone, template, params, sign=str(sign), out_id=str(out_id))
        for phone, sign, params, out_id in zip(
            phones, lists["SignNameJson"], lists["TemplateParamJson"], lists["OutIdJson"],
            strict=True,
        )
    ]  # fmt: skip
    if fault is not None:
        return LOST
    return json_reply(200, Code="OK", Message="OK", BizIds=biz_ids)


def receipts(db: sqlite3.Connection, fields: dict[str, str]) -> Reply:
    """Tell what became of texts: SendStatus 3 arrived, 2 did not. An unknown BizId is left out."""
    found = []
    for biz_id in fields.get("BizIds", "").split(","):
        row = db.execute("SELECT phone FROM sms WHERE biz_id = ?", (biz_id,)).fetchone()
        if row is not None:
            status = 2 if str(row["phone"]).endswith(DEAD_TAIL) else 3
            found.append({"BizId": biz_id, "SendStatus": status})
    return json_reply(200, Code="OK", SmsSendDetailDTOs=found)


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
