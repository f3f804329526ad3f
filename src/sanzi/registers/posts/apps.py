"""App: sanzi.registers.posts. Registrations with lower rooms happen in `ready`."""

from __future__ import annotations

from django.apps import AppConfig


class PostsConfig(AppConfig):
    """村干部报酬、聘用、离任."""

    name = "sanzi.registers.posts"
    label = "posts"
    verbose_name = "村级岗位"

    def ready(self) -> None:
        """Bind the powers of posts, take tables, put the registers on the shelf."""
        from sanzi.registers.posts import effects, loading, shelves

        effects.register()
        loading.register_loaders()
        shelves.put_registers()
