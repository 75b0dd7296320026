"""企业登记库: what the registrar of enterprises knows, from a service outside named by `[register]` in the configuration.

`[register] adapter = "package.module:Class"`; what else stands there is given to the class by name. Without it a demo city
asks 演示登记库, and any other installation asks nobody.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Protocol, cast

from django.conf import settings

from banshi.infra.config import adapter


@dataclass(frozen=True, slots=True)
class Entry:
    """登记信息 of an enterprise, or what was declared for one that is to be: name and premises that passed.

    `capital_fen` in 分; `square_metres` and `floor` are those of the premises. What is not known is empty.
    """

    name: str = ""
    uscc: str = ""
    address: str = ""
    legal_person: str = ""
    legal_person_id: str = ""
    phone: str = ""
    business_scope: str = ""
    capital_fen: str = ""
    square_metres: str = ""
    floor: str = ""

    def known(self) -> dict[str, str]:
        """By the sources of the data-element dictionary: `register.name` …"""
        return {f"register.{key}": value for key, value in asdict(self).items() if value}


class EnterpriseRegister(Protocol):
    """企业登记库. Asked only with the consent of whom it is about; both may raise anything: then nothing is filled in."""

    def enterprise(self, uscc: str) -> Entry | None:
        """The enterprise that is registered under this code."""
        ...

    def declared(self, resident_id: str) -> Entry | None:
        """名称自主申报、经营场所申报: the newest that passed for this person and was not used yet."""
        ...


def register() -> EnterpriseRegister | None:
    """The register of this installation; None where none is configured. Raises `BadConfig` naming what is wrong."""
    config = settings.BANSHI
    if config.register:
        return cast(EnterpriseRegister, adapter("register", tuple(sorted(config.register.items()))))
    if config.demo:
        from banshi.adapters.enterprise_register.demo import DemoRegister

        return DemoRegister()
    return None
