"""Contracts that were kept as sources of payments move to their register."""

from django.db import migrations


def move(apps, _editor):
    Source = apps.get_model("matters", "SourceMatter")
    Contract = apps.get_model("deals", "Contract")
    firms = dict(apps.get_model("orgs", "Counterparty").objects.values_list("ext_id", "pk"))
    people = dict(apps.get_model("orgs", "Person").objects.values_list("ext_id", "pk"))
    old = Source.objects.filter(kind="contract")
    Contract.objects.bulk_create(
        [
            Contract(
                ext_id=one.ext_id,
                organisation_id=one.organisation_id,
                division_code=one.division_code,
                kind="other",
                title=one.title,
                counterparty_id=firms.get(one.counterparty_ext_id),
                person_id=people.get(one.person_ext_id),
                decision_ext_id=one.decision_ext_id,
                start_date=one.start_date,
                end_date=one.end_date,
                amount_fen=one.amount_fen if one.end_date is None else None,
                period_fen=one.amount_fen if one.end_date is not None else None,
                approved_at=one.approved_at,
                status="approved" if one.status == "active" else one.status,
            )
            for one in old.iterator(2000)
        ],
        batch_size=2000,
    )
    old.delete()


def move_back(apps, _editor):
    Source = apps.get_model("matters", "SourceMatter")
    Contract = apps.get_model("deals", "Contract")
    rows = Contract.objects.select_related("counterparty", "person")
    Source.objects.bulk_create(
        [
            Source(
                ext_id=one.ext_id,
                kind="contract",
                organisation_id=one.organisation_id,
                division_code=one.division_code,
                title=one.title,
                counterparty_ext_id=one.counterparty.ext_id if one.counterparty else "",
                person_ext_id=one.person.ext_id if one.person else "",
                decision_ext_id=one.decision_ext_id,
                start_date=one.start_date,
                end_date=one.end_date,
                amount_fen=one.period_fen if one.amount_fen is None else one.amount_fen,
                approved_at=one.approved_at,
                status=one.status,
            )
            for one in rows.iterator(2000)
        ],
        batch_size=2000,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("deals", "0002_contracts_and_tenders"),
        ("matters", "0001_initial"),
        ("orgs", "0001_initial"),
    ]

    operations = [migrations.RunPython(move, move_back)]
