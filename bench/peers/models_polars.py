"""A dozen models of the night in Polars, lazily, over the same Parquet files.

A program of its own environment: `POLARS_MAX_THREADS=2 python models_polars.py FOLDER ASKED`
reads the parameters from the file ASKED and prints seconds (loading counted) and the findings.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

LIVE = ["submitted", "approved", "dispatched", "paid"]
DECIDED = ["approved", "closed"]
col, lit = pl.col, pl.lit
Frame = pl.LazyFrame


class Asked:
    """The files, the parameters of one model, the instant of the night."""

    def __init__(self, folder: Path, values: dict[str, Any], as_of: datetime) -> None:
        """Keep them."""
        self.folder, self.as_of, self._values = folder, as_of, values

    def table(self, name: str) -> Frame:
        """Return the rows of a table, read when they are needed."""
        return pl.scan_parquet(self.folder / f"{name}.parquet")

    def __getitem__(self, name: str) -> Any:
        """Return a parameter."""
        return self._values[name]

    @property
    def today(self) -> pl.Expr:
        """The day of the night."""
        return lit(self.as_of.date())


def month(at: pl.Expr) -> pl.Expr:
    """Return a month as the models write it."""
    return at.dt.strftime("%Y-%m")


def day(at: pl.Expr) -> pl.Expr:
    """Return the day people mean."""
    return at.cast(pl.Date)


def days(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Return the whole days from one to the other."""
    return (end - start).dt.total_days()


def found(rows: Frame, kind: str, name: str, period: pl.Expr) -> Frame:
    """Return the key of each finding."""
    return rows.select(kind=lit(kind), id=col(name), period=period)


def dated(asked: Asked) -> Frame:
    """Return payments with the instant they count from."""
    rows = asked.table("payment").filter(~col("status").is_in(["withdrawn", "rejected"]))
    return rows.with_columns(
        business_at=pl.when(col("status").is_in(["draft", "returned"])).then(lit(asked.as_of))
        .otherwise(pl.coalesce("submitted_at", "created_at")),
        is_live=col("status").is_in(LIVE),
    )  # fmt: skip


def numbered(rows: Frame) -> Frame:
    """Return payments in the order of their instants."""
    return rows.sort("business_at", ~col("is_live"), "case_id", "payment_id").with_row_index("seq")


def decided(asked: Asked) -> Frame:
    """Return source matters that are approved or closed."""
    return asked.table("source_matter").filter(col("status").is_in(DECIDED))


def invoice_duplicate(asked: Asked) -> Frame:
    """Find a proof that stands for two payments."""
    rows = numbered(
        dated(asked).select(
            "payment_id", "case_id", "line_no", "org_id", "village_id", "business_at", "is_live"
        )
    )
    proof = asked.table("invoice").select(
        "invoice_id", "invoice_key_hash", "file_hash", "used_fen", "payment_id", "case_id",
        proof_fen="amount_fen",
    )  # fmt: skip
    first = rows.sort("line_no").group_by("case_id").agg(col("payment_id").first())
    kept = ["invoice_id", "invoice_key_hash", "file_hash", "used_fen", "proof_fen", "payment_id"]
    whole = proof.filter(col("payment_id").is_null()).drop("payment_id").join(first, on="case_id")
    lone = proof.filter(col("payment_id").is_not_null())
    used = pl.concat([lone.select(kept), whole.select(kept)]).join(rows, on="payment_id")
    live = used.filter("is_live").group_by("invoice_key_hash").agg(live_fen=col("used_fen").sum())
    own = pl.when("is_live").then(0).otherwise("used_fen")
    told = used.join(live, on="invoice_key_hash", how="left").with_columns(
        fits=(col("live_fen").fill_null(0) + own <= col("proof_fen")).fill_null(value=False)
        & col("used_fen").is_not_null()
    )
    pairs = []
    for key in ("invoice_key_hash", "file_hash"):
        both = told.join(told, on=key, suffix="_2").filter(
            (col("seq_2") < col("seq"))
            & ~(col("fits") & col("used_fen_2").is_not_null() & (col("org_id") == col("org_id_2")))
            & (col("is_live_2") | (col("case_id") == col("case_id_2")))
        )
        if asked["scope"] != "county":
            both = both.filter(col("village_id") == col("village_id_2"))
        pairs.append(both.select("payment_id", "business_at"))
    return found(pl.concat(pairs).unique(), "payment", "payment_id", month(col("business_at")))


def payment_duplicate(asked: Asked) -> Frame:
    """Find the same sum to the same payee for the same subject, within days."""
    standing = decided(asked).filter(col("kind").is_in(asked["series_kinds"]))
    by = standing.select("source_id")
    names = {"account_hash": "A", "person_id": "P", "counterparty_id": "C", "org_id": "O"}
    rows = numbered(
        dated(asked).select(
            "payment_id", "case_id", "village_id", "subject_code", "amount_fen", "source_id",
            "contract_id", "business_at", "is_live", *(f"payee_{one}" for one in names),
        )
    )  # fmt: skip
    rows = (
        rows.join(by.with_columns(c=col("source_id")), left_on="contract_id", right_on="source_id",
                  how="left")
        .join(by.with_columns(s=col("source_id")), on="source_id", how="left")
        .with_columns(series_id=pl.coalesce("c", "s"))
    )  # fmt: skip
    keyed = pl.concat(
        rows.filter(col(f"payee_{name}").is_not_null()).with_columns(
            payee_key=lit(letter) + col(f"payee_{name}")
        )
        for name, letter in names.items()
    )
    same = ["payee_key", "village_id", "subject_code", "amount_fen"]
    again = (month(col("business_at_2")) != month(col("business_at"))) & (
        (col("source_id_2") == col("series_id")) | (col("contract_id_2") == col("series_id"))
    )
    pair = keyed.join(keyed, on=same, suffix="_2").filter(
        (col("seq_2") < col("seq"))
        & (col("is_live_2") | (col("case_id_2") == col("case_id")))
        & (days(day(col("business_at_2")), day(col("business_at"))) <= asked["window_days"])
        & ~again.fill_null(value=False)
    )
    once = pair.select("payment_id", "business_at").unique()
    return found(once, "payment", "payment_id", month(col("business_at")))


def payment_before_approval(asked: Asked) -> Frame:
    """Find money that left before those who decide had signed."""
    booked = asked.table("bank_txn").filter(col("direction") == "out")
    booked = booked.group_by("payment_id").agg(col("booked_at").min())
    paid = asked.table("payment").filter(
        col("status").is_in(["approved", "dispatched", "paid"])
        & ~col("subject_code").is_in(asked["standing_subjects"])
    )
    paid = paid.join(booked, on="payment_id", how="left").with_columns(
        left_at=pl.min_horizontal("paid_at", "booked_at")
    )
    signed = asked.table("approval").filter(
        (col("action") == "approve") & col("role_code").is_in(asked["deciding_roles"])
    )
    signed = signed.group_by(case_id="subject_id").agg(col("acted_at").max())
    hits = paid.join(signed, on="case_id", how="left").filter(
        (col("left_at") < col("acted_at")).fill_null(value=False)
        | (col("is_backfilled") & (col("amount_fen") >= asked["floor_fen"]))
    )
    return found(hits, "payment", "payment_id", month(pl.coalesce("left_at", "created_at")))


def payment_no_source(asked: Asked) -> Frame:
    """Find a case of money that nothing approved stands behind."""
    rows = dated(asked)
    cases = rows.group_by("case_id").agg(col("line_no").min(), total_fen=col("amount_fen").sum())
    sources = decided(asked).select("source_id")
    hits = (
        rows.filter(col("source_kind").is_null() | (col("source_kind") == "other"))
        .join(cases, on=["case_id", "line_no"])
        .filter(col("total_fen") >= asked["floor_fen"])
        .join(sources, on="source_id", how="anti")
        .join(sources, left_on="contract_id", right_on="source_id", how="anti")
    )
    return found(hits, "payment", "payment_id", month(col("business_at")))


def efficiency_off_system(asked: Asked) -> Frame:
    """Find money that left without a payment, and months of what was written down afterwards."""
    out = asked.table("bank_txn").filter(
        (col("direction") == "out")
        & col("payment_id").is_null()
        & ~col("channel").is_in(asked["own_channels"])
        & (days(day(col("booked_at")), asked.today) > asked["days"])
    )
    accounts = asked.table("account").select("account_id", "org_id")
    bodies = asked.table("org")
    villages = bodies.filter(col("level") == "village").select("org_id")
    out = out.join(accounts, on="account_id").join(villages, on="org_id")
    cases = (
        asked.table("payment").filter(col("status").is_in(LIVE))
        .group_by("village_id", "case_id", period=month(col("created_at")))
        .agg(col("org_id").min(), is_late=col("is_backfilled").max().cast(pl.Int64))
    )  # fmt: skip
    months = cases.group_by("village_id", "period").agg(
        col("org_id").min(), case_count=pl.len(), late_count=col("is_late").sum()
    )
    months = months.join(bodies.select("org_id"), on="org_id").filter(
        col("late_count") * 100 > asked["max_share"] * col("case_count")
    )
    return pl.concat(
        [
            found(out, "bank_txn", "txn_id", month(day(col("booked_at")))),
            found(months, "village", "village_id", col("period")),
        ]
    )


def ledger_voucher_tamper(asked: Asked) -> Frame:
    """Find gaps and repeats of numbers, months opened again, too much by hand."""
    bodies = asked.table("org").select("org_id")
    again = asked.table("reopening").filter("is_granted").join(bodies, on="org_id")
    rows = asked.table("voucher")
    order = rows.sort("voucher_no", "voucher_id").with_columns(
        before_no=col("voucher_no").shift(1).over("book_id", "period", "kind")
    )
    broken = order.filter(
        (col("voucher_no") == col("before_no")).fill_null(value=False)
        | (col("voucher_no") > col("before_no").fill_null(0) + 1)
    ).join(bodies, on="org_id")
    share = rows.group_by("org_id", "period").agg(
        voucher_count=pl.len(), manual_count=(col("entry_origin") == "manual").sum()
    )
    by_hand = share.join(bodies, on="org_id").filter(
        (col("manual_count") * 100 > asked["max_manual_share"] * col("voucher_count"))
        & (col("manual_count") >= asked["least_manual"])
    )
    return pl.concat(
        [
            found(again, "reopening", "reopening_id", col("period")),
            found(broken, "voucher", "voucher_id", col("period")),
            found(by_hand, "org", "org_id", col("period")),
        ]
    )


def ledger_late_entry(asked: Asked) -> Frame:
    """Find what was paid or received and not booked in time, and months not closed."""
    booked = asked.table("voucher").filter(
        col("posted_at").is_not_null()
        & col("source_kind").is_in(["payment", "receipt", "bank_txn"])
    )
    booked = booked.select("source_id")
    books = asked.table("period")
    months = books.select("org_id", "period").unique()
    paid = asked.table("payment").filter(
        (col("status") == "paid") & (days(day(col("paid_at")), asked.today) > asked["days"])
    )
    paid = paid.with_columns(period=month(col("paid_at")))
    got = asked.table("receipt").filter(
        col("voided_at").is_null() & (days(day(col("issued_at")), asked.today) > asked["days"])
    )
    got = got.with_columns(period=month(col("issued_at")))
    ends = (col("period") + "-01").str.to_date("%Y-%m-%d").dt.month_end()
    still = books.filter(
        col("closed_at").is_null() & (days(ends, asked.today) > asked["close_days"])
    )
    for key in ("case_id", "payment_id"):
        paid = paid.join(booked, left_on=key, right_on="source_id", how="anti")
    paid = paid.join(months, on=["org_id", "period"], how="semi")
    got = got.join(booked, left_on="receipt_id", right_on="source_id", how="anti")
    got = got.join(months, on=["org_id", "period"], how="semi")
    still = still.join(asked.table("org").select("org_id"), on="org_id")
    return pl.concat(
        [
            found(paid, "payment", "payment_id", col("period")),
            found(got, "receipt", "receipt_id", col("period")),
            found(still, "org", "org_id", col("period")),
        ]
    )


def fund_bank_recon_gap(asked: Asked) -> Frame:
    """Find months whose books and bank differ, and items that hang."""
    net = col("debit_fen") - col("credit_fen")
    lines = asked.table("ledger_line").filter(col("account_id").is_not_null())
    vouchers = asked.table("voucher").select("voucher_id", "period")
    opening = asked.table("opening_balance").filter(col("account_id").is_not_null())
    ends = (
        asked.table("balance")
        .filter(col("balance_date") == col("balance_date").dt.month_end())
        .with_columns(period=month(col("balance_date")))
    )
    parts = ["account_id", "period", "net_fen", "is_book"]
    moved = pl.concat(
        [
            lines.join(vouchers, on="voucher_id")
            .with_columns(net_fen=net, is_book=1)
            .select(parts),
            opening.with_columns(period=lit("0000-00"), net_fen=net, is_book=1).select(parts),
            ends.with_columns(net_fen=lit(0, pl.Int64), is_book=0).select(parts),
        ]
    )
    monthly = moved.group_by("account_id", "period").agg(col("net_fen").sum(), col("is_book").max())
    standing = monthly.sort("period").with_columns(
        book_fen=col("net_fen").cum_sum().over("account_id"),
        has_book=col("is_book").max().over("account_id"),
    )
    told = asked.table("reconciliation").filter(col("state") != "replaced")
    sums = ["book_in_fen", "book_out_fen", "bank_in_fen", "bank_out_fen"]
    gap = (
        ends.filter(days(col("balance_date"), asked.today) > asked["days"])
        .join(standing.filter(col("has_book") == 1), on=["account_id", "period"])
        .join(told.select("account_id", "period", *sums), on=["account_id", "period"], how="left")
    )
    gap_fen = (
        col("balance_fen") + (col("book_in_fen") - col("book_out_fen")).fill_null(0)
        - col("book_fen") - (col("bank_in_fen") - col("bank_out_fen")).fill_null(0)
    )  # fmt: skip
    gap = gap.filter(gap_fen.abs() >= asked["tolerance_fen"])
    newest = told.group_by("account_id").agg(col("period").max())
    last = told.join(newest, on=["account_id", "period"]).select("reconciliation_id")
    item = (
        asked.table("reconciliation_item")
        .filter(
            (col("cleared_at").is_null() | (col("cleared_at") > lit(asked.as_of)))
            & (days(col("booked_date"), asked.today) > asked["days"])
        )
        .join(last, on="reconciliation_id")
    )
    item = item.group_by("account_id", "reconciliation_id", "txn_id", "voucher_id").agg(
        col("booked_date").min()
    )
    bodies = (
        asked.table("account").select("account_id", "org_id")
        .join(asked.table("org").select("org_id"), on="org_id")
    )  # fmt: skip
    kind = (
        pl.when(col("txn_id").is_not_null()).then(lit("bank_txn"))
        .when(col("voucher_id").is_not_null()).then(lit("voucher"))
        .otherwise(lit("reconciliation"))
    )  # fmt: skip
    items = item.join(bodies, on="account_id").select(
        kind=kind, id=pl.coalesce("txn_id", "voucher_id", "reconciliation_id"),
        period=month(col("booked_date")),
    )  # fmt: skip
    return pl.concat(
        [found(gap.join(bodies, on="account_id"), "account", "account_id", col("period")), items]
    )


def subsidy_over_rate(asked: Asked) -> Frame:
    """Find an award that its rate and quantity do not give, or above its cap."""
    rate = asked.table("program").select("program_id", "rate_fen", "cap_qty_milli")
    off = (col("amount_fen") * 1000 - col("quantity_milli") * col("rate_fen")).abs()
    hits = asked.table("award").filter(col("status") != "removed").join(rate, on="program_id")
    hits = hits.filter(
        (off > asked["rounding_fen"] * 1000)
        | (col("quantity_milli") > col("cap_qty_milli")).fill_null(value=False)
    )
    return found(hits, "award", "award_id", (col("period") + "-01").str.slice(0, 7))


def subsidy_duplicate(asked: Asked) -> Frame:
    """Find a second award of one programme in one period."""
    program = asked.table("program").select("program_id", "code", "needs_land")
    live = asked.table("award").filter(col("status") != "removed").join(program, on="program_id")
    at = pl.coalesce("approved_at", "paid_at", lit(asked.as_of))
    live = live.sort(at, "award_id").with_row_index("seq").select(
        "seq", "award_id", "code", "period", "person_id", "household_id", "needs_land"
    )  # fmt: skip
    pairs = []
    for key, of in (("person_id", live), ("household_id", live.filter("needs_land"))):
        both = of.join(live, on=["code", "period", key], suffix="_2")
        pairs.append(both.filter(col("seq_2") < col("seq")).select("award_id", "period"))
    hits = pl.concat(pairs).unique()
    return found(hits, "award", "award_id", (col("period") + "-01").str.slice(0, 7))


def subsidy_account_mismatch(asked: Asked) -> Frame:
    """Find an award paid to an account of another: a cadre, several homes, another name."""
    people = asked.table("person").select("person_id", "household_id", person_name="name")
    full = col("payee_account_hash").replace("", None)
    home = pl.coalesce(col("household_id").replace("", None), "person_id")
    live = asked.table("award").filter(col("status") != "removed").select(
        "award_id", "period", "person_id", "village_id", account_hash=full, home=home,
        payee_name=col("payee_name").replace("", None),
        day=day(pl.coalesce("approved_at", "paid_at", lit(asked.as_of))),
    ).join(people, on="person_id", how="left")  # fmt: skip
    accounts = asked.table("account").filter(col("person_id").is_not_null()).select(
        "account_hash", holder="person_id"
    )  # fmt: skip
    held = live.join(accounts, on="account_hash")
    of_home = held.join(
        people.select("person_id", holder_home="household_id"),
        left_on="holder", right_on="person_id",
    ).filter(
        (col("holder") == col("person_id"))
        | (col("holder_home") == col("household_id")).fill_null(value=False)
    ).select("award_id").unique()  # fmt: skip
    posts = asked.table("appointment").filter(col("role_code").is_in(asked["cadre_roles"])).select(
        "village_id", "start_date", "end_date", holder="person_id"
    )  # fmt: skip
    cadres = held.join(posts, on=["holder", "village_id"]).filter(
        (col("start_date") <= col("day"))
        & (col("end_date").is_null() | (col("end_date") >= col("day")))
    ).select("award_id", is_cadres=True).unique()  # fmt: skip
    shared = (
        live.filter(col("account_hash").is_not_null())
        .group_by("account_hash")
        .agg(homes=col("home").n_unique())
    )
    hits = (
        live.join(of_home, on="award_id", how="anti")
        .join(cadres, on="award_id", how="left")
        .join(shared, on="account_hash", how="left")
        .filter(
            col("is_cadres").fill_null(value=False)
            | (col("homes") > 1).fill_null(value=False)
            | (col("payee_name") != col("person_name")).fill_null(value=False)
        )
    )
    return found(hits, "award", "award_id", (col("period") + "-01").str.slice(0, 7))


def asset_rent_arrears(asked: Asked) -> Frame:
    """Find rent that is owed for too long."""
    waived = pl.when(col("waiver_decision_id").is_null()).then(0).otherwise("waived_fen")
    owed = asked.table("rent_bill").filter(
        ~col("is_dropped")
        & (days(col("due_date"), asked.today) >= asked["yellow_days"])
        & (col("amount_fen") - col("received_fen") - waived >= asked["floor_fen"])
    )
    leases = asked.table("lease").select("lease_id", "asset_id", "tenant_counterparty_id")
    tenants = asked.table("counterparty").select("counterparty_id")
    hits = (
        owed.join(leases, on="lease_id")
        .join(asked.table("asset").select("asset_id"), on="asset_id")
        .join(tenants, left_on="tenant_counterparty_id", right_on="counterparty_id")
    )
    return found(hits, "rent_bill", "bill_id", month(col("due_date")))


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
        rows = model(Asked(Path(folder), asked["models"][code], as_of)).collect(engine="streaming")
        answers[code] = sorted("/".join(row) for row in rows.unique().iter_rows())
        taken[code] = round(time.perf_counter() - since, 3)
    return {"seconds": time.perf_counter() - start, "each": taken, "found": answers}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
