"""短信: the demo writes a message once, and its number into no log."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings

from banshi.adapters import sms
from banshi.adapters.sms import Message

PHONE = "13800005678"


def test_the_demo_writes_each_message_once(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.BANSHI = replace(settings.BANSHI, demo=True, folder=tmp_path)
    service = sms.service()
    assert service is not None
    for _ in range(2):
        service.send(Message(UUID(int=1), PHONE, "办得怎么样，点这里评价。"))
    (written,) = (tmp_path / "sms").iterdir()
    text = written.read_text("utf-8")
    assert "点这里评价" in text and "5678" in text and PHONE not in text
    assert PHONE not in caplog.text and "5678" not in caplog.text


def test_who_has_no_service_sends_nothing(settings: Settings) -> None:
    settings.BANSHI = replace(settings.BANSHI, demo=False, sms={})
    assert sms.service() is None
