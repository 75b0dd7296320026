"""省平台: reviews (and later other records) are handed to the province in its own form; `[province]` in the configuration.

The national 好差评 interface wants the personal fields encrypted and every record signed with SM2: `sm2` does both with keys in
files; a place that must use a cryptographic machine brings its own adapter. Without one a demo city masks and marks instead,
and any other installation masks and does not sign; neither may be uploaded.

`[province] adapter = "package.module:Class"`; what else stands there is given to the class by name.
"""

from __future__ import annotations

from typing import Protocol, cast

from django.conf import settings

from banshi.infra.config import adapter


class ProvincePlatform(Protocol):
    """省平台. All are asked for each record and may raise anything: then nothing is exported."""

    def protect(self, field: str, value: str) -> str:
        """加密: a personal field (`userName`, `certKey` …) as the platform wants it; never empty for what is not."""
        ...

    def sign(self, time: str) -> str:
        """签名 over the record's `time` (epoch milliseconds), appMark and appWord; "" where it is not signed."""
        ...

    def enclose(self, record: str) -> str:
        """整条加密: a record (JSON) as one line of the file; the record itself where it is not sealed as a whole."""
        ...


def platform() -> ProvincePlatform:
    """The platform of this installation. Raises `BadConfig` naming what is wrong."""
    config = settings.BANSHI
    if config.province:
        return cast(ProvincePlatform, adapter("province", tuple(sorted(config.province.items()))))
    from banshi.adapters.province_platform.demo import Demo

    return Demo(mark="演示" if config.demo else "")
