"""演示短信: written to files instead of being sent. To connect a real service, copy this file and answer the same question."""

from __future__ import annotations

import logging
from pathlib import Path

from django.conf import settings

from banshi.adapters.sms import Message

log = logging.getLogger("banshi.sms")


class DemoSms:
    """演示短信: one file a message in `sms/` of the installation's folder; a message sent twice is one file.

    The file shows the last four digits of the number, the log none.
    """

    def __init__(self, folder: str = "") -> None:
        self._folder = Path(folder) if folder else Path(settings.BANSHI.folder) / "sms"

    def send(self, message: Message) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"{message.id}.txt"
        path.write_text(f"演示短信，没有发出\n尾号 {message.phone[-4:]}\n{message.text}\n", "utf-8")
        log.info("demo message written", extra={"sms": str(message.id)})
