"""The same dozen models of the night in pandas, over the same Parquet files.

A program of its own environment: `python models_pandas.py FOLDER ASKED` reads the parameters from
the file ASKED and prints seconds (loading counted: only the columns that a model needs, text as
Arrow's) and the findings.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

LIVE = ["submitted", "approved", "dispatched", "paid"]
DECIDED = ["approved", "closed"]
Rows = pd.DataFrame
Keys = list[tuple[str, str, str]]


class Asked:
    """The files, the parameters of one model, the instant of the night."""

    def __init__(self, folder: Path, values: dict[str, Any], as_of: datetime) -> None:
        """Keep them."""
        self.folder, self._values, self.as_of = folder, values, pd.Timestamp(as_of)
        self.today = self.as_of.normalize()

    def table(self, name: str, *columns: str) -> Rows:
        """Return these columns of a table."""
        file = self.folder / f"{name}.parquet"
        rows = pq.read_table(file, columns=list(columns)).to_pandas(types_mapper=_types)
        for column in rows.columns:
            if column.endswith("_date"):
                rows[column] = pd.to_datetime(rows[column])
        return rows

    def __getitem__(self, name: str) -> Any:
        """Return a parameter."""
        return self._values[name]


def _types(of: Any) -> Any:
    """Text stays Arrow's, whole numbers may lack: what pandas itself advises."""
    import pyarrow as pa

    if pa.types.is_string(of):
        return pd.ArrowDtype(pa.string())
    if pa.types.is_integer(of):
        return pd.Int64Dtype()
    return pd.BooleanDtype() if pa.types.is_boolean(of) else None


def month(at: pd.Series) -> pd.Series:
    """Return a month as the models write it."""
    return at.dt.strftime("%Y-%m")


def is_true(told: pd.Series) -> pd.Series:
    """Return where a condition holds: what is unknown does not."""
    return told.fillna(value=False).astype(bool)


def match(left: Rows, right: Rows, *, on: list[str], how: str = "inner") -> Rows:
    """Join by keys that are known on both sides; columns of the right get `_2`."""
    known = right.dropna(subset=on)
    return (left.dropna(subset=on) if how == "inner" else left).merge(
        known, on=on, how=how, suffixes=("", "_2")
    )


def found(rows: Rows, kind: str, name: str, period: pd.Series) -> Keys:
    """Return the key of each finding."""
    return [(kind, one, of) for one, of in zip(rows[name], period, strict=True)]


def dated(asked: Asked, *columns: str) -> Rows:
    """Return payments with the instant they count from."""
    rows = asked.table("payment", "status", "submitted_at", "created_at", *columns)
    rows = rows[~rows["status"].isin(["withdrawn", "rejected"])]
    at = rows["submitted_at"].fillna(rows["created_at"])
    return rows.assign(
        business_at=at.mask(rows["status"].isin(["draft", "returned"]), asked.as_of),
        is_live=rows["status"].isin(LIVE),
    ).drop(columns=["status", "submitted_at", "created_at"])


def numbered(rows: Rows) -> Rows:
    """Return payments in the order of their instants."""
    by = ["business_at", "is_draft", "case_id", "payment_id"]
    rows = rows.assign(is_draft=~rows["is_live"]).sort_values(by, ignore_index=True)
    return rows.assign(seq=rows.index).drop(columns="is_draft")


def decided(asked: Asked, *columns: str) -> Rows:
    """Return source matters that are approved or closed."""
    rows = asked.table("source_matter", "source_id", "status", *columns)
    return rows[rows["status"].isin(DECIDED)]


def invoice_duplicate(asked: Asked) -> Keys:
    """Find a proof that stands for two payments."""
    rows = numbered(dated(asked, "payment_id", "case_id", "line_no", "org_id", "village_id"))
    proof = asked.table(
        "invoice", "invoice_id", "invoice_key_hash", "file_hash", "used_fen", "payment_id",
        "case_id", "amount_fen",
    ).rename(columns={"amount_fen": "proof_fen"})  # fmt: skip
    first = rows.sort_values("line_no").drop_duplicates("case_id")[["case_id", "payment_id"]]
    is_lone = proof["payment_id"].notna()
    whole = match(proof[~is_lone].drop(columns="payment_id"), first, on=["case_id"])
    used = pd.concat([proof[is_lone], whole])
    used = match(used.drop(columns="case_id"), rows, on=["payment_id"])
    live = used[used["is_live"]].groupby("invoice_key_hash", as_index=False)["used_fen"].sum()
    told = match(used, live.rename(columns={"used_fen": "live_fen"}), on=["invoice_key_hash"],
                 how="left")  # fmt: skip
    own = told["used_fen"].mask(told["is_live"], 0)
    fits = is_true(told["live_fen"].fillna(0) + own <= told["proof_fen"])
    told = told.assign(fits=fits & told["used_fen"].notna())
    keys = set()
    for key in ("invoice_key_hash", "file_hash"):
        again = told[told.duplicated(key, keep=False)]
        both = match(again, again, on=[key])
        is_part = (
            both["fits"] & both["used_fen_2"].notna() & is_true(both["org_id"] == both["org_id_2"])
        )
        counts = both["is_live_2"] | is_true(both["case_id"] == both["case_id_2"])
        both = both[is_true((both["seq_2"] < both["seq"]) & ~is_part & counts)]
        if asked["scope"] != "county":
            both = both[is_true(both["village_id"] == both["village_id_2"])]
        keys |= set(found(both, "payment", "payment_id", month(both["business_at"])))
    return list(keys)


def payment_duplicate(asked: Asked) -> Keys:
    """Find the same sum to the same payee for the same subject, within days."""
    names = {"account_hash": "A", "person_id": "P", "counterparty_id": "C", "org_id": "O"}
    standing = decided(asked, "kind")
    standing = set(standing[standing["kind"].isin(asked["series_kinds"])]["source_id"])
    rows = dated(
        asked, "payment_id", "case_id", "village_id", "subject_code", "amount_fen", "source_id",
        "contract_id", *(f"payee_{one}" for one in names),
    )  # fmt: skip
    rows = numbered(rows)
    of_contract = rows["contract_id"].where(rows["contract_id"].isin(standing))
    of_source = rows["source_id"].where(rows["source_id"].isin(standing))
    rows = rows.assign(series_id=of_contract.fillna(of_source))
    keyed = pd.concat(
        rows[rows[f"payee_{name}"].notna()].assign(payee_key=letter + rows[f"payee_{name}"])
        for name, letter in names.items()
    )
    same = ["payee_key", "village_id", "subject_code", "amount_fen"]
    keyed = keyed[keyed.duplicated(same, keep=False)]
    pair = match(keyed, keyed, on=same)
    day, day_2 = pair["business_at"].dt.normalize(), pair["business_at_2"].dt.normalize()
    again = is_true(month(day) != month(day_2)) & (
        is_true(pair["source_id_2"] == pair["series_id"])
        | is_true(pair["contract_id_2"] == pair["series_id"])
    )
    counts = pair["is_live_2"] | is_true(pair["case_id"] == pair["case_id_2"])
    near = (day - day_2).dt.days <= asked["window_days"]
    hits = pair[is_true((pair["seq_2"] < pair["seq"]) & counts & near & ~again)]
    hits = hits.drop_duplicates("payment_id")
    return found(hits, "payment", "payment_id", month(hits["business_at"]))


def payment_before_approval(asked: Asked) -> Keys:
    """Find money that left before those who decide had signed."""
    booked = asked.table("bank_txn", "payment_id", "booked_at", "direction")
    booked = booked[booked["direction"] == "out"].dropna(subset="payment_id")
    booked = booked.groupby("payment_id", as_index=False)["booked_at"].min()
    paid = asked.table(
        "payment", "payment_id", "case_id", "status", "subject_code", "paid_at", "created_at",
        "amount_fen", "is_backfilled",
    )  # fmt: skip
    paid = paid[
        paid["status"].isin(["approved", "dispatched", "paid"])
        & ~paid["subject_code"].isin(asked["standing_subjects"])
    ]
    paid = match(paid, booked, on=["payment_id"], how="left")
    paid = paid.assign(left_at=paid[["paid_at", "booked_at"]].min(axis=1))
    signed = asked.table("approval", "subject_id", "action", "role_code", "acted_at")
    signed = signed[
        is_true(signed["action"] == "approve") & signed["role_code"].isin(asked["deciding_roles"])
    ]
    signed = signed.groupby("subject_id", as_index=False)["acted_at"].max()
    paid = match(paid, signed.rename(columns={"subject_id": "case_id"}), on=["case_id"], how="left")
    late = is_true(paid["is_backfilled"]) & is_true(paid["amount_fen"] >= asked["floor_fen"])
    hits = paid[(paid["left_at"] < paid["acted_at"]) | late]
    return found(hits, "payment", "payment_id", month(hits["left_at"].fillna(hits["created_at"])))


def payment_no_source(asked: Asked) -> Keys:
    """Find a case of money that nothing approved stands behind."""
    rows = dated(
        asked, "payment_id", "case_id", "line_no", "amount_fen", "source_kind", "source_id",
        "contract_id",
    )  # fmt: skip
    grouped = rows.groupby("case_id", as_index=False)
    cases = grouped.agg(line_no=("line_no", "min"), total_fen=("amount_fen", "sum"))
    sources = set(decided(asked)["source_id"])
    rows = rows[is_true(rows["source_kind"].isna() | is_true(rows["source_kind"] == "other"))]
    hits = match(rows, cases, on=["case_id", "line_no"])
    hits = hits[
        is_true(hits["total_fen"] >= asked["floor_fen"])
        & ~hits["source_id"].isin(sources)
        & ~hits["contract_id"].isin(sources)
    ]
    return found(hits, "payment", "payment_id", month(hits["business_at"]))


def efficiency_off_system(asked: Asked) -> Keys:
    """Find money that left without a payment, and months of what was written down afterwards."""
    out = asked.table("bank_txn", "txn_id", "account_id", "booked_at", "direction", "payment_id",
                      "channel")  # fmt: skip
    passed = (asked.today - out["booked_at"].dt.normalize()).dt.days
    out = out[
        is_true(out["direction"] == "out")
        & out["payment_id"].isna()
        & ~out["channel"].isin(asked["own_channels"])
        & (passed > asked["days"])
    ]
    bodies = asked.table("org", "org_id", "level")
    villages = bodies[bodies["level"] == "village"]
    out = match(out, asked.table("account", "account_id", "org_id"), on=["account_id"])
    out = match(out, villages, on=["org_id"])
    rows = asked.table(
        "payment", "village_id", "case_id", "org_id", "created_at", "is_backfilled", "status"
    )
    rows = rows[rows["status"].isin(LIVE)]
    rows = rows.assign(period=month(rows["created_at"]))
    cases = rows.groupby(["village_id", "period", "case_id"], as_index=False).agg(
        org_id=("org_id", "min"), is_late=("is_backfilled", "max")
    )
    months = cases.groupby(["village_id", "period"], as_index=False).agg(
        org_id=("org_id", "min"), case_count=("case_id", "size"), late_count=("is_late", "sum")
    )
    months = match(months, bodies, on=["org_id"])
    months = months[is_true(months["late_count"] * 100 > asked["max_share"] * months["case_count"])]
    return [
        *found(out, "bank_txn", "txn_id", month(out["booked_at"])),
        *found(months, "village", "village_id", months["period"]),
    ]


def ledger_voucher_tamper(asked: Asked) -> Keys:
    """Find gaps and repeats of numbers, months opened again, too much by hand."""
    bodies = asked.table("org", "org_id")
    again = asked.table("reopening", "reopening_id", "org_id", "period", "is_granted")
    again = match(again[is_true(again["is_granted"])], bodies, on=["org_id"])
    rows = asked.table(
        "voucher", "voucher_id", "book_id", "org_id", "period", "kind", "voucher_no",
        "entry_origin",
    )  # fmt: skip
    rows = rows.sort_values(["voucher_no", "voucher_id"])
    before = rows.groupby(["book_id", "period", "kind"])["voucher_no"].shift(1)
    is_again, is_gap = rows["voucher_no"] == before, rows["voucher_no"] > before.fillna(0) + 1
    broken = match(rows[is_true(is_again) | is_true(is_gap)], bodies, on=["org_id"])
    rows = rows.assign(is_manual=(rows["entry_origin"] == "manual").astype("int64"))
    share = rows.groupby(["org_id", "period"], as_index=False).agg(
        voucher_count=("is_manual", "size"), manual_count=("is_manual", "sum")
    )
    limit = asked["max_manual_share"] * share["voucher_count"]
    is_much = (share["manual_count"] * 100 > limit) & (
        share["manual_count"] >= asked["least_manual"]
    )
    by_hand = match(share[is_much], bodies, on=["org_id"])
    return [
        *found(again, "reopening", "reopening_id", again["period"]),
        *found(broken, "voucher", "voucher_id", broken["period"]),
        *found(by_hand, "org", "org_id", by_hand["period"]),
    ]


def ledger_late_entry(asked: Asked) -> Keys:
    """Find what was paid or received and not booked in time, and months not closed."""
    rows = asked.table("voucher", "source_kind", "source_id", "posted_at")
    kinds = ["payment", "receipt", "bank_txn"]
    booked = set(rows[rows["posted_at"].notna() & rows["source_kind"].isin(kinds)]["source_id"])
    books = asked.table("period", "org_id", "period", "closed_at")
    months = books[["org_id", "period"]].drop_duplicates()
    paid = asked.table("payment", "payment_id", "case_id", "org_id", "paid_at", "status")
    passed = (asked.today - paid["paid_at"].dt.normalize()).dt.days
    paid = paid[is_true(paid["status"] == "paid") & (passed > asked["days"])]
    paid = paid[~paid["case_id"].isin(booked) & ~paid["payment_id"].isin(booked)]
    paid = paid.assign(period=month(paid["paid_at"]).astype(months["period"].dtype))
    paid = match(paid, months, on=["org_id", "period"])
    got = asked.table("receipt", "receipt_id", "org_id", "issued_at", "voided_at")
    passed = (asked.today - got["issued_at"].dt.normalize()).dt.days
    got = got[got["voided_at"].isna() & (passed > asked["days"])]
    got = got[~got["receipt_id"].isin(booked)]
    got = got.assign(period=month(got["issued_at"]).astype(months["period"].dtype))
    got = match(got, months, on=["org_id", "period"])
    ends = pd.to_datetime(books["period"] + "-01") + pd.offsets.MonthEnd(0)
    passed = (asked.today - ends).dt.days
    still = books[books["closed_at"].isna() & (passed > asked["close_days"])]
    still = match(still, asked.table("org", "org_id"), on=["org_id"])
    return [
        *found(paid, "payment", "payment_id", paid["period"]),
        *found(got, "receipt", "receipt_id", got["period"]),
        *found(still, "org", "org_id", still["period"]),
    ]


def fund_bank_recon_gap(asked: Asked) -> Keys:
    """Find months whose books and bank differ, and items that hang."""
    sums = ["book_in_fen", "book_out_fen", "bank_in_fen", "bank_out_fen"]
    told = asked.table(
        "reconciliation", "reconciliation_id", "account_id", "period", "state", *sums
    )
    told = told[told["state"] != "replaced"]
    ends = asked.table("balance", "account_id", "balance_date", "balance_fen")
    ends = ends[ends["balance_date"].dt.is_month_end]
    ends = ends.assign(period=month(ends["balance_date"]).astype(told["period"].dtype))
    standing = _standing(asked, ends)
    passed = (asked.today - ends["balance_date"]).dt.days
    gap = match(ends[passed > asked["days"]], standing, on=["account_id", "period"])
    gap = match(gap, told, on=["account_id", "period"], how="left")
    gap_fen = (
        gap["balance_fen"] + (gap["book_in_fen"] - gap["book_out_fen"]).fillna(0)
        - gap["book_fen"] - (gap["bank_in_fen"] - gap["bank_out_fen"]).fillna(0)
    )  # fmt: skip
    bodies = match(
        asked.table("account", "account_id", "org_id"), asked.table("org", "org_id"), on=["org_id"]
    )
    gap = match(gap[is_true(gap_fen.abs() >= asked["tolerance_fen"])], bodies, on=["account_id"])
    newest = told.groupby("account_id", as_index=False)["period"].max()
    last = match(told, newest, on=["account_id", "period"])["reconciliation_id"]
    item = asked.table(
        "reconciliation_item", "reconciliation_id", "account_id", "txn_id", "voucher_id",
        "booked_date", "cleared_at",
    )  # fmt: skip
    is_open = item["cleared_at"].isna() | (item["cleared_at"] > asked.as_of)
    passed = (asked.today - item["booked_date"]).dt.days
    item = item[is_open & (passed > asked["days"]) & item["reconciliation_id"].isin(set(last))]
    by = ["account_id", "reconciliation_id", "txn_id", "voucher_id"]
    item = item.groupby(by, as_index=False, dropna=False)["booked_date"].min()
    item = match(item, bodies, on=["account_id"])
    keys = found(gap, "account", "account_id", gap["period"])
    for row, period in zip(item.itertuples(), month(item["booked_date"]), strict=True):
        if isinstance(row.txn_id, str):
            keys.append(("bank_txn", row.txn_id, period))
        elif isinstance(row.voucher_id, str):
            keys.append(("voucher", row.voucher_id, period))
        else:
            keys.append(("reconciliation", row.reconciliation_id, period))
    return keys


def _standing(asked: Asked, ends: Rows) -> Rows:
    """Return what the books say of each account at the end of each month."""
    lines = asked.table("ledger_line", "voucher_id", "account_id", "debit_fen", "credit_fen")
    lines = lines.dropna(subset="account_id")
    lines = match(lines, asked.table("voucher", "voucher_id", "period"), on=["voucher_id"])
    opening = asked.table("opening_balance", "account_id", "debit_fen", "credit_fen")
    opening = opening.dropna(subset="account_id").assign(period="0000-00")
    booked = pd.concat([lines, opening])
    booked = booked.assign(net_fen=booked["debit_fen"] - booked["credit_fen"], is_book=1)
    moved = pd.concat([booked, ends.assign(net_fen=0, is_book=0)])
    moved = moved.assign(period=moved["period"].astype(ends["period"].dtype))
    monthly = moved.groupby(["account_id", "period"], as_index=False).agg(
        net_fen=("net_fen", "sum"), is_book=("is_book", "max")
    )
    per = monthly.sort_values(["account_id", "period"]).groupby("account_id")
    monthly = monthly.assign(
        book_fen=per["net_fen"].cumsum(), has_book=per["is_book"].transform("max")
    )
    return monthly[monthly["has_book"] == 1][["account_id", "period", "book_fen"]]


def subsidy_over_rate(asked: Asked) -> Keys:
    """Find an award that its rate and quantity do not give, or above its cap."""
    rows = asked.table(
        "award", "award_id", "program_id", "period", "amount_fen", "quantity_milli", "status"
    )
    rate = asked.table("program", "program_id", "rate_fen", "cap_qty_milli")
    rows = match(rows[rows["status"] != "removed"], rate, on=["program_id"])
    off = (rows["amount_fen"] * 1000 - rows["quantity_milli"] * rows["rate_fen"]).abs()
    hits = rows[
        is_true(off > asked["rounding_fen"] * 1000)
        | is_true(rows["quantity_milli"] > rows["cap_qty_milli"])
    ]
    return found(hits, "award", "award_id", (hits["period"] + "-01").str.slice(0, 7))


def subsidy_duplicate(asked: Asked) -> Keys:
    """Find a second award of one programme in one period."""
    live = asked.table(
        "award", "award_id", "program_id", "period", "person_id", "household_id", "status",
        "approved_at", "paid_at",
    )  # fmt: skip
    program = asked.table("program", "program_id", "code", "needs_land")
    live = match(live[live["status"] != "removed"], program, on=["program_id"])
    live = live.assign(at=live["approved_at"].fillna(live["paid_at"]).fillna(asked.as_of))
    live = live.sort_values(["at", "award_id"], ignore_index=True)
    live = live.assign(seq=live.index)
    keys = set()
    of_land = live[is_true(live["needs_land"])]
    for key, of in (("person_id", live), ("household_id", of_land)):
        same = ["code", "period", key]
        again = live[live.duplicated(same, keep=False)]
        both = match(of, again, on=same)
        hits = both[both["seq_2"] < both["seq"]]
        keys |= set(found(hits, "award", "award_id", (hits["period"] + "-01").str.slice(0, 7)))
    return list(keys)


def subsidy_account_mismatch(asked: Asked) -> Keys:
    """Find an award paid to an account of another: a cadre, several homes, another name."""
    people = asked.table("person", "person_id", "household_id", "name")
    rows = asked.table(
        "award", "award_id", "period", "person_id", "village_id", "household_id", "payee_name",
        "payee_account_hash", "approved_at", "paid_at", "status",
    )  # fmt: skip
    rows = rows[rows["status"] != "removed"]
    home = rows["household_id"].replace("", None).fillna(rows["person_id"])
    day = rows["approved_at"].fillna(rows["paid_at"]).fillna(asked.as_of).dt.normalize()
    rows = rows.assign(
        home=home, day=day, account_hash=rows["payee_account_hash"].replace("", None),
        payee_name=rows["payee_name"].replace("", None),
    ).drop(columns=["household_id", "approved_at", "paid_at", "status"])  # fmt: skip
    live = match(rows, people, on=["person_id"], how="left")
    accounts = asked.table("account", "account_hash", "person_id").dropna(subset="person_id")
    accounts = accounts.rename(columns={"person_id": "holder"})
    held = match(live, accounts, on=["account_hash"])
    homes = people.rename(columns={"person_id": "holder", "household_id": "holder_home"})
    of_home = match(held, homes[["holder", "holder_home"]], on=["holder"])
    is_home = is_true(of_home["holder"] == of_home["person_id"]) | is_true(
        of_home["holder_home"] == of_home["household_id"]
    )
    posts = asked.table(
        "appointment", "person_id", "village_id", "role_code", "start_date", "end_date"
    ).rename(columns={"person_id": "holder"})
    posts = posts[posts["role_code"].isin(asked["cadre_roles"])]
    served = match(held, posts, on=["holder", "village_id"])
    in_post = (served["start_date"] <= served["day"]) & (
        served["end_date"].isna() | (served["end_date"] >= served["day"])
    )
    shared = live.groupby("account_hash")["home"].nunique()
    hits = live[
        ~live["award_id"].isin(set(of_home[is_home]["award_id"]))
        & (
            live["award_id"].isin(set(served[in_post]["award_id"]))
            | live["account_hash"].isin(set(shared[shared > 1].index))
            | is_true(live["payee_name"] != live["name"])
        )
    ]
    return found(hits, "award", "award_id", (hits["period"] + "-01").str.slice(0, 7))


def asset_rent_arrears(asked: Asked) -> Keys:
    """Find rent that is owed for too long."""
    owed = asked.table(
        "rent_bill", "bill_id", "lease_id", "due_date", "amount_fen", "received_fen",
        "waived_fen", "waiver_decision_id", "is_dropped",
    )  # fmt: skip
    waived = owed["waived_fen"].mask(owed["waiver_decision_id"].isna(), 0)
    late = (asked.today - owed["due_date"]).dt.days >= asked["yellow_days"]
    sums = owed["amount_fen"] - owed["received_fen"] - waived
    owed = owed[is_true(~owed["is_dropped"]) & late & is_true(sums >= asked["floor_fen"])]
    leases = asked.table("lease", "lease_id", "asset_id", "tenant_counterparty_id")
    hits = match(owed, leases, on=["lease_id"])
    hits = match(hits, asked.table("asset", "asset_id"), on=["asset_id"])
    tenants = asked.table("counterparty", "counterparty_id")
    hits = match(hits.rename(columns={"tenant_counterparty_id": "counterparty_id"}), tenants,
                 on=["counterparty_id"])  # fmt: skip
    return found(hits, "rent_bill", "bill_id", month(hits["due_date"]))


MODELS = (
    invoice_duplicate, payment_duplicate, payment_before_approval, payment_no_source,
    efficiency_off_system, ledger_voucher_tamper, ledger_late_entry, fund_bank_recon_gap,
    subsidy_over_rate, subsidy_duplicate, subsidy_account_mismatch, asset_rent_arrears,
)  # fmt: skip


def main(folder: str, told: str) -> dict[str, Any]:
    """Ask each model; return the seconds in all and the keys of what each found."""
    asked = json.loads(Path(told).read_text(encoding="utf-8"))
    as_of = datetime.fromisoformat(asked["as_of"])
    start, taken, answers = time.perf_counter(), {}, {}
    for model in MODELS:
        code, since = model.__name__.replace("_", "-"), time.perf_counter()
        keys = set(model(Asked(Path(folder), asked["models"][code], as_of)))
        answers[code] = sorted("/".join(key) for key in keys)
        taken[code] = round(time.perf_counter() - since, 3)
    return {"seconds": time.perf_counter() - start, "each": taken, "found": answers}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
