"""App: sanzi.voice. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings

TEN_MINUTES, HOUR, DAY = 600, 3600, 24 * 3600


class VoiceConfig(AppConfig):
    """群众来信."""

    name = "sanzi.voice"
    label = "voice"
    verbose_name = "群众来信"

    def ready(self) -> None:
        """Let overdue letters climb, ask about payments, forget used codes, give notices words."""
        from sanzi.notices import duties, outbox
        from sanzi.voice import confirmation_rules, loading
        from sanzi.voice.actions import confirming, handling, proofs, stations

        confirmation_rules.own_file(lambda: settings.SANZI.confirmations)
        stations.hang_photos()
        loading.register_loaders()

        duties.register("voice.ask", HOUR, confirming.draw_due)
        duties.register("voice.climb", TEN_MINUTES, handling.climb_overdue)
        duties.register("voice.forget", DAY, proofs.forget)
        duties.register("voice.forget_places", DAY, stations.forget_places)
        for template, title, text in (
            ("voice_arrived", "有一封群众来信", "有一封群众来信等您办，{due}前答复。"),
            ("voice_again", "来信人不满意", "来信人对答复不满意，转到您这里重新办，{due}前答复。"),
            (
                "voice_overdue",
                "来信逾期升级",
                "有一封来信下一级没有按时办，转到您这里，{due}前答复。",
            ),
            (
                "voice_visit",
                "有一件事等站里去看",
                "有一件村民反映的事，请站里到场看看，拍照记下来。",
            ),
            ("voice_put_right", "反映的事改好了", "您办的一封信，站里记了整改，{due}前还要答复。"),
            ("voice_threat", "来信人被威胁", "有来信人报告被人威胁，请马上看，{due}前处置。"),
        ):
            outbox.register_text(template, text, title=title)
        outbox.register_text(
            confirming.TEMPLATE,
            "{place}发给您家{what}{amount}，您收到了吗？请在{until}前打开{site}/q/{code} "
            "回答。村里和镇里不知道问了谁。",
            title="问一户钱到了没有",
            sealed=("code",),
        )
        outbox.register_text(
            "voice_code",
            "您写信反映情况的验证码是{code}，半小时内有效，不要告诉别人。",
            title="写信反映情况的验证码",
            at_any_hour=True,
        )
