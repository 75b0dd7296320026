"""How many examples a test tries: in `./banshi check` a fifth, so that it is quick; `./banshi test` tries them all."""

from __future__ import annotations

from hypothesis import settings

USUAL = 100  # in hypothesis, where neither test nor profile says


def examples(usual: int) -> int:
    """`usual`, or the share of it that the profile has of 100; never fewer than three."""
    return max(3, usual * settings().max_examples // USUAL)
