"""Specifies retention in words: the documented setting, and that nothing the service writes is lost or guessed at."""

from __future__ import annotations

import pytest

from backup_tui.models.policies import RetentionSetting
from backup_tui.protection.retention import retention_words, span_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("R/PT10M", "10 min"),
        ("P2W", "2 weeks"),
        ("P1Y", "1 year"),
        ("P1M", "1 month"),
        ("PT1M", "1 min"),
        ("R5/P1DT12H", "1 day 12 hours"),
        ("P", "P"),
        ("every now and then", "every now and then"),
        ("", ""),
    ],
)
def test_spans(text: str, words: str) -> None:
    assert span_of(text) == words


def test_the_documented_setting() -> None:
    settings = (RetentionSetting(interval="R/PT10M", period="P2W"), RetentionSetting(interval="R/P1W", period="P1Y"))
    assert retention_words(settings) == "every 10 min for 2 weeks, then weekly for a year"


def test_what_is_not_stated_is_not_invented() -> None:
    assert retention_words(()) == ""
    assert retention_words((RetentionSetting(period="P1Y"),)) == "at times that are not reported for a year"
    assert retention_words((RetentionSetting(interval="R/PT1H"),)) == "hourly"
