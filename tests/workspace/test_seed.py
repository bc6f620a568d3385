"""What everybody finds on the first morning."""

from __future__ import annotations

from bot.workspace.seed import HISTORY, sparkling

NOW = 1_766_458_026.0


def test_the_bot_is_in_every_channel_and_can_be_written_to_by_everybody() -> None:
    state = sparkling(NOW)
    people = [user for user in state.users.values() if not user.is_bot]
    assert all("U0TELEPRINT" in channel.members for channel in state.channels.values())
    assert all(state.direct(person.id, "U0TELEPRINT") for person in people)


def test_the_history_is_in_order_and_in_the_past() -> None:
    state = sparkling(NOW)
    for name in ("C000GENERAL", "C0000RANDOM", "C000SUPPORT"):
        stamps = [float(message.ts) for message in state.history(name)]
        assert stamps == sorted(stamps)
        assert stamps[-1] < NOW
    assert len(list(state.messages())) == len(HISTORY)


def test_replies_sit_under_the_line_before_them() -> None:
    state = sparkling(NOW)
    reminder = next(message for message in state.messages() if message.text.startswith("Reminder"))
    assert len(state.replies(reminder.channel, reminder.ts)) == 2
