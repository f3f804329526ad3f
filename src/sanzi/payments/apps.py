"""App: sanzi.payments. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig
from django.conf import settings

LEASE = timedelta(minutes=1)
"""A dead worker's duty is taken over soon; what may not be done twice has leases of its own."""


class PaymentsConfig(AppConfig):
    """支付."""

    name = "sanzi.payments"
    label = "payments"
    verbose_name = "支付"

    def ready(self) -> None:
        """Register the worker's duties, the loaders of the tables, the guards of a month's end."""
        from sanzi.ledger.queries import pages, partners
        from sanzi.notices import duties, outbox
        from sanzi.notices.channels.sms import HttpSms
        from sanzi.notices.models import Channel
        from sanzi.orgs import secrets
        from sanzi.payments.actions import (
            account_check,
            account_proposals,
            bank_receipts,
            books,
            card_settlements,
            cards,
            dispatch,
            loading,
            loading_cards,
            loading_reconciliations,
            matching,
            reconciliations,
            statements,
            telling,
            telling_payers,
        )
        from sanzi.payments.queries import accounts as account_queries
        from sanzi.payments.queries import month_ends as month_queries

        duties.register("payments.dispatch", 5, dispatch.work, LEASE)
        news = settings.SANZI.bank_news_seconds
        duties.register("payments.notifications", news, statements.work_notices, LEASE)
        duties.register("payments.statements", 600, statements.work, LEASE)
        duties.register("payments.books", 600, books.catch_up, LEASE)
        duties.register("payments.accounts", 1800, account_check.work, LEASE)
        duties.register("payments.matching", 600, matching.work)
        duties.register("payments.reconciliations", 600, reconciliations.tell_banks)
        duties.register("payments.cards", 900, cards.work)
        card_settlements.register()
        duties.register("payments.bank_receipts", 60, bank_receipts.work)
        account_proposals.register()
        bank_receipts.register()
        outbox.wire.open_phone = lambda sealed: secrets.reveal("phone", sealed)
        if settings.SANZI.notice_channels is None:
            sms = HttpSms(f"{settings.SANZI.bank_url}/sms", "三资")
            outbox.wire.notifiers.setdefault(Channel.SMS, sms)
        outbox.wire.stand_ins = telling.stand_ins
        for telling_of in (telling, telling_payers):
            for template, text in telling_of.TEXTS.items():
                outbox.register_text(template, text, title=telling_of.TITLES[template])
        loading.register()
        loading_cards.register()
        loading_reconciliations.register()
        month_queries.register()
        pages.register_namer("account", account_queries.account_names)
        partners.register(
            "account", lambda book: dict(account_queries.own_accounts(book.organisation.ext_id))
        )
