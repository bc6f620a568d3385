"""The record, and who watches it."""

from __future__ import annotations

from slack_emulator.runtime.traffic import Called, Delivered, Seen, Traffic

CALL = Called("auth.test", {}, 200, None, 1.0)
DELIVERY = Delivered("e1", "A1", "socket", "events_api", {}, 0, "sent", 2.0)


def test_calls_and_deliveries_are_kept_in_their_order() -> None:
    traffic = Traffic()
    traffic.called(CALL)
    traffic.delivered(DELIVERY)
    assert (list(traffic.calls), list(traffic.deliveries)) == ([CALL], [DELIVERY])


def test_who_watches_is_told_of_both_until_it_looks_away() -> None:
    traffic, seen = Traffic(), list[Seen]()
    look_away = traffic.watch(seen.append)
    traffic.called(CALL)
    traffic.delivered(DELIVERY)
    look_away()
    traffic.called(CALL)
    assert seen == [CALL, DELIVERY]
