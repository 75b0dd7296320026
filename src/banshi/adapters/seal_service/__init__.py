"""电子印章: the seal on an office's documents comes from a service outside, named by `[seal]` in the configuration.

`[seal] adapter = "package.module:Class"`; what else stands there is given to the class by name. Without it a demo city
stamps 演示章, and any other prints 待加盖印章 in the seal's place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, cast

from django.conf import settings

from banshi.infra.config import adapter


@dataclass(frozen=True, slots=True)
class Order:
    """用印申请: whose seal, on which document. `office`: its code; `uscc`: 统一社会信用代码; `number`: the document's."""

    office: str
    uscc: str
    name: str
    number: str
    kind: str


class SealService(Protocol):
    """电子印章服务. Both may take their time and raise anything: the document then waits and is tried again."""

    def picture(self, order: Order) -> str:
        """印模: what is printed in the seal's place, as SVG; "" where `seal` stamps the finished file itself."""
        ...

    def seal(self, pdf: bytes, order: Order) -> bytes:
        """签章: the file as sealed (GB/T 38540); the seal's place is above the office's name on the last page."""
        ...


def service() -> SealService | None:
    """The service of this installation; None where none is configured. Raises `BadConfig` naming what is wrong."""
    config = settings.BANSHI
    if config.seal:
        return cast(SealService, adapter("seal", tuple(sorted(config.seal.items()))))
    if config.demo:
        from banshi.adapters.seal_service.demo import DemoSeal

        return DemoSeal()
    return None
