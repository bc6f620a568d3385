"""Decides who is told what happens: hooks, of which the log is one. Metrics and traces are others."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.observability.facts import HookFailed
from bot.observability.logs import log_fact, way_to

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import TypeAlias

    from bot.observability.facts import Fact

    Hook: TypeAlias = Callable[[Fact], object]


class _Subscription:
    def __init__(self, hook: Hook) -> None:
        self.hook = hook
        self.has_failed = False


# The log is there from the beginning, so that nothing is lost that happens before anybody subscribes.
_subscriptions = [_Subscription(log_fact)]


def tell(fact: Fact) -> None:
    """Tells every hook what has happened, in the order in which they came. May be called in any thread."""
    for subscription in tuple(_subscriptions):
        try:
            subscription.hook(fact)
        except Exception as error:
            # Who listens must not break what is listened to.
            _complain(subscription, error)


@contextmanager
def subscribe(hook: Hook) -> Generator[None]:
    """Tells `hook` of every fact of this process while the block runs.

    It is called where the fact happens, in whichever thread, and must not wait. What it raises is told once.
    """
    subscription = _Subscription(hook)
    _subscriptions.append(subscription)
    try:
        yield
    finally:
        _subscriptions.remove(subscription)


def _complain(subscription: _Subscription, error: Exception) -> None:
    if subscription.has_failed:
        return
    subscription.has_failed = True  # before it is told: the hook hears of it too
    hook = subscription.hook
    name = getattr(hook, "__qualname__", type(hook).__qualname__)
    tell(HookFailed(hook=name, kind=type(error).__name__, way=way_to(error)))
