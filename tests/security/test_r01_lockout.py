"""Requirement 1: whoever guesses passwords waits, by account and by address."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client

from banshi.infra import throttle
from tests import personas
from tests.conftest import StoppedClock


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost")


@pytest.mark.django_db
def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(
    client: Client, clock: StoppedClock
) -> None:
    wang = personas.wang()
    assert [personas.sign_in(client, wang, "wrong-guess") for _ in range(5)] == [422] * 5
    assert personas.sign_in(client, wang) == 429
    clock.forward(seconds=59)
    assert personas.sign_in(client, wang) == 429
    clock.forward(seconds=2)
    assert personas.sign_in(client, wang) == 302


@pytest.mark.django_db
def test_each_further_guess_doubles_the_wait_up_to_half_an_hour(clock: StoppedClock) -> None:
    waits = []
    for _ in range(4):
        throttle.attempt((throttle.ACCOUNT, "staff/wang"), at=clock())
    for _ in range(8):
        throttle.attempt((throttle.ACCOUNT, "staff/wang"), at=clock())
        with pytest.raises(throttle.TooMany) as refused:
            throttle.attempt((throttle.ACCOUNT, "staff/wang"), at=clock())
        waits.append((refused.value.until - clock()).total_seconds() / 60)
        clock.at = refused.value.until
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]


@pytest.mark.django_db
def test_names_that_do_not_exist_are_answered_like_those_that_do(client: Client, clock: StoppedClock) -> None:
    personas.wang()

    def answers(username: str) -> list[tuple[int, str]]:
        sent = [client.post("/staff/sign-in/", {"username": username, "password": "nope"}) for _ in range(6)]
        words = [str(one.context["form"].non_field_errors()) for one in sent]
        return [(one.status_code, text) for one, text in zip(sent, words, strict=True)]

    assert answers("wang") == answers("nobody")


@pytest.mark.django_db
def test_one_address_cannot_try_many_accounts(clock: StoppedClock) -> None:
    here, elsewhere = (throttle.ADDRESS, "192.0.2.7"), (throttle.ADDRESS, "192.0.2.8")
    for number in range(50):
        throttle.attempt((throttle.ACCOUNT, f"citizen/{number}"), here, at=clock())
    with pytest.raises(throttle.TooMany):
        throttle.attempt((throttle.ACCOUNT, "citizen/another"), here, at=clock())
    throttle.attempt((throttle.ACCOUNT, "citizen/another"), elsewhere, at=clock())
    clock.forward(minutes=16)
    throttle.attempt((throttle.ACCOUNT, "citizen/one more"), here, at=clock())


@pytest.mark.django_db
def test_signing_in_forgives_the_account_but_not_the_address(clock: StoppedClock) -> None:
    account, address = (throttle.ACCOUNT, "staff/wang"), (throttle.ADDRESS, "192.0.2.7")
    for _ in range(49):
        throttle.attempt(address, at=clock())
    for _ in range(4):
        throttle.attempt(account, at=clock())
    throttle.attempt(account, address, at=clock())
    throttle.succeeded(account, address, at=clock())
    for _ in range(4):
        throttle.attempt(account, at=clock())
    throttle.attempt(address, at=clock())
    with pytest.raises(throttle.TooMany):
        throttle.attempt(address, at=clock())


def test_guesses_sent_at_once_do_not_slip_through_together(real_database: None) -> None:
    at = personas.AT

    def guess(_: int) -> bool:
        try:
            throttle.attempt((throttle.ACCOUNT, "staff/wang"), at=at + timedelta(seconds=1))
        except throttle.TooMany:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(24))) == 5
