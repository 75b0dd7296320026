"""短信: messages go out by a service outside, named by `[sms]` in the configuration.

`[sms] adapter = "package.module:Class"`; what else stands there is given to the class by name. Without it a demo city writes
them to a file, and any other installation sends none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, cast
from uuid import UUID

from django.conf import settings

from banshi.infra.config import adapter


@dataclass(frozen=True, slots=True)
class Message:
    """短信: `id` stays the same when it is sent again, so that a service that has it already sends it once."""

    id: UUID
    phone: str
    text: str


class SmsService(Protocol):
    """短信服务. It may take its time and raise anything: the message is then tried again."""

    def send(self, message: Message) -> None:
        """Hand the message over. The number goes to nobody else, and into no log."""
        ...


def service() -> SmsService | None:
    """The service of this installation; None where none is configured. Raises `BadConfig` naming what is wrong."""
    config = settings.BANSHI
    if config.sms:
        return cast(SmsService, adapter("sms", tuple(sorted(config.sms.items()))))
    if config.demo:
        from banshi.adapters.sms.demo import DemoSms

        return DemoSms()
    return None
