"""Settings come from the environment; production does not start with the demo's secrets."""

from __future__ import annotations

import pytest

from sanzi.config import env

SAFE = {
    "SANZI_ENV": "production",
    "SANZI_SECRET_KEY": "k" * 60,
    "SANZI_DATA_KEY": "ab" * 16,
    "SANZI_INDEX_KEY": "cd" * 32,
    "SANZI_DATABASE_URL": "postgresql://sanzi@db/sanzi",
    "SANZI_PUBLIC_URL": "https://sanzi.example",
}


def test_the_demo_needs_no_setting(tmp_path) -> None:
    found = env.read({"SANZI_VAR": str(tmp_path)})

    assert (found.name, found.is_production) == ("demo", False)
    assert found.database_url == f"sqlite:///{tmp_path / 'sanzi.sqlite3'}"


def test_production_starts_with_its_own_secrets() -> None:
    assert env.read(SAFE).is_production


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SANZI_SECRET_KEY", env.DEMO_SECRET_KEY),
        ("SANZI_SECRET_KEY", "short"),
        ("SANZI_DATA_KEY", env.DEMO_DATA_KEY),
        ("SANZI_INDEX_KEY", env.DEMO_INDEX_KEY),
        ("SANZI_DATABASE_URL", "sqlite:///sanzi.sqlite3"),
        ("SANZI_PUBLIC_URL", "http://sanzi.example"),
    ],
)
def test_production_refuses_what_is_only_for_the_demo(variable, value) -> None:
    with pytest.raises(env.BadEnvironment, match=variable):
        env.read({**SAFE, variable: value})


def test_production_refuses_to_start_with_nothing_set() -> None:
    with pytest.raises(env.BadEnvironment) as refused:
        env.read({"SANZI_ENV": "production"})

    assert all(variable in str(refused.value) for variable in SAFE if variable != "SANZI_ENV")


def test_an_unknown_environment_is_refused() -> None:
    with pytest.raises(env.BadEnvironment, match="'staging'"):
        env.read({"SANZI_ENV": "staging"})


def test_quiet_hours_and_seconds_are_read_as_what_they_are() -> None:
    found = env.read({"SANZI_QUIET_HOURS": "22:00-06:30", "SANZI_BANK_NEWS_SECONDS": "20"})

    assert [one.isoformat("minutes") for one in found.quiet_hours] == ["22:00", "06:30"]
    assert found.bank_news_seconds == 20


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SANZI_QUIET_HOURS", "night"),
        ("SANZI_BANK_NEWS_SECONDS", "0"),
        ("SANZI_BANK_NEWS_SECONDS", "often"),
    ],
)
def test_hours_and_seconds_that_cannot_be_are_refused(variable, value) -> None:
    with pytest.raises(env.BadEnvironment, match=variable):
        env.read({variable: value})
