"""接口密钥: given to the operators of other programs, and taken away."""

from __future__ import annotations

from datetime import date

from banshi.infra import api_keys


def issue(purpose: str, name: str, *, until_on: date) -> int:
    """Print a new key. Raises `Refused` for a name that will not do."""
    key = api_keys.issue(purpose, name, until_on=until_on)
    print(f"{name} 的密钥，到{until_on}有效，只显示这一次 / the key, until {until_on}, told once:\n{key}")
    return 0


def revoke(purpose: str, name: str) -> int:
    """Take a key away. Raises `NotFound`."""
    api_keys.revoke(purpose, name)
    print(f"已收回 {name} 的密钥 / the key of {name} was taken away")
    return 0


def list_(purpose: str) -> int:
    """Print who has one."""
    found = api_keys.issued(purpose)
    for one in found:
        print(f"{one.name}\t{one.until_on}")
    if not found:
        print("没有发过密钥 / no keys")
    return 0
