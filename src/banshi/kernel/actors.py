"""谁在办: who acts, as a value that every operation is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Post:
    """岗位: a kind of post held at an office (or hall) of a region. `region` is the code of its county or city."""

    kind: str
    office: str
    region: str


@dataclass(frozen=True, slots=True)
class Actor:
    """办理人 or 申请人: who acts. `id` is a key, never a name; `parties` are those a citizen may act for, self included."""

    kind: Literal["anonymous", "citizen", "staff", "system"]
    id: str = ""
    held: tuple[Post, ...] = ()
    parties: frozenset[str] = field(default_factory=frozenset)

    @property
    def code(self) -> str:
        """How facts name the actor: `staff:12`, `citizen:0190…`, `system`."""
        return f"{self.kind}:{self.id}" if self.id else self.kind

    @property
    def posts(self) -> frozenset[str]:
        """Kinds of post held anywhere."""
        return frozenset(post.kind for post in self.held)

    def offices(self, *kinds: str) -> frozenset[str]:
        """Offices at which one of these kinds of post is held (any kind when none is named)."""
        return frozenset(post.office for post in self.held if not kinds or post.kind in kinds)

    def may_act_for(self, office: str, *kinds: str) -> bool:
        """Holds one of these kinds of post at the office."""
        return office in self.offices(*kinds)


ANONYMOUS = Actor("anonymous")
SYSTEM = Actor("system")
