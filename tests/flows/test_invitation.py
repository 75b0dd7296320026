"""邀请评价: where the place sends text messages, a finished case brings one, with an address that rates it once."""

from __future__ import annotations

import re

import msgspec
import pytest

from banshi.adapters.sms import Message
from banshi.contexts.evaluation import queries
from banshi.contexts.evaluation.values import Channel
from banshi.flows import call_backs, rate
from banshi.infra import clock as house_clock
from banshi.kernel.actors import ANONYMOUS
from tests.conftest import StoppedClock
from tests.desks.voices.people import granted
from tests.personas import LICHENG

pytestmark = pytest.mark.django_db


class Sent:
    """短信服务 that remembers; one that has a message already keeps it once."""

    def __init__(self) -> None:
        self.messages: dict[object, Message] = {}

    def send(self, message: Message) -> None:
        self.messages[message.id] = message


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    found = Sent()
    monkeypatch.setattr("banshi.adapters.sms.service", lambda: found)
    return found


def place(monkeypatch: pytest.MonkeyPatch, invite: bool) -> None:
    rules = msgspec.structs.replace(queries.settings_for(LICHENG), invite=invite)
    monkeypatch.setattr(call_backs.queries, "settings_for", lambda _: rules)


def test_the_address_in_the_message_rates_that_case_once(
    sent: Sent, monkeypatch: pytest.MonkeyPatch, clock: StoppedClock
) -> None:
    place(monkeypatch, invite=True)
    matter = granted()
    (message,) = sent.messages.values()
    assert message.phone == "10000000001" and "李秀英" not in message.text
    found = re.search(r"/r/(\S+)", message.text)
    assert found
    rate.rate_by_code(code=found[1], said=rate.Said("satisfied"), actor=ANONYMOUS, at=house_clock.now())
    review = queries.find_review(LICHENG, matter.case)  # type: ignore[arg-type]
    assert review and review.channel is Channel.SMS


def test_where_the_place_does_not_nothing_is_sent(
    sent: Sent, monkeypatch: pytest.MonkeyPatch, clock: StoppedClock
) -> None:
    place(monkeypatch, invite=False)
    granted()
    assert sent.messages == {}
