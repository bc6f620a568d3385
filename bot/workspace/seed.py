"""Sparkling: the workspace everybody starts with. Four people, three channels, one app, and what was said today."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.workspace.composer import composed
from bot.workspace.records import App, Channel, Message, Team, User
from bot.workspace.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.workspace.records import Happening

TEAM = Team("T0SPARKLING", "Sparkling", "sparkling")
PEOPLE = (
    User("U0000000ADA", "ada", "Ada", "#7a4fbf"),
    User("U00000GRACE", "grace", "Grace", "#1f7a6d"),
    User("U0000LINNEA", "linnea", "Linnea", "#b3541e"),
    User("U0000000RAJ", "raj", "Raj", "#2b62c4"),
)
CHANNELS = (
    ("C000GENERAL", "general", "Company news and everything else"),
    ("C0000RANDOM", "random", "Bubbles, biscuits and the rest of life"),
    ("C000SUPPORT", "support", "Customers' questions, answered together"),
)


class Line(NamedTuple):
    """One seeded message: where, how many minutes ago, who, what; a reply goes to the top-level line before it."""

    channel: str
    minutes: int
    user: str
    text: str
    reply: bool = False


HISTORY = (
    Line(
        "general",
        190,
        "grace",
        "Good morning! The new bottling line has been running since six, without a hiccup.",
    ),
    Line("general", 184, "raj", "Lovely. How many an hour?"),
    Line("general", 182, "grace", "4,200. We planned 4,000, so I am not touching anything today :sparkles:"),
    Line("general", 95, "linnea", "Reminder: the tasting is at four, in the kitchen. Bring your own glass."),
    Line("general", 94, "ada", "Is the elderflower one ready?", reply=True),
    Line("general", 92, "linnea", "It is. Be kind to it, it is its first time out.", reply=True),
    Line(
        "general",
        41,
        "ada",
        "We have a new colleague: Teleprinter. Mention it with a question and watch it answer.",
    ),
    Line("random", 320, "raj", "Which biscuit goes with sparkling water? Asking for a whole department."),
    Line("random", 317, "linnea", "The plain ones. Anything else is showing off."),
    Line("random", 60, "grace", "There is a heron on the car park again."),
    Line(
        "support",
        260,
        "raj",
        "A café in Lund asks if the 0.75 l bottles fit a 28 cm shelf. Does anybody know?",
    ),
    Line("support", 251, "linnea", "They are 26.5 cm with the cap on. They fit.", reply=True),
    Line("support", 250, "raj", "Thank you, told them.", reply=True),
    Line(
        "support",
        75,
        "ada",
        "Two people asked about the deposit this week. We should write that down somewhere.",
    ),
)


def teleprinter(
    *, name: str = "Teleprinter", handle: str = "teleprinter", code: str = "TELEPRINT"
) -> tuple[App, User]:
    """An app and the user its bot appears as; `code` makes its ids and tokens, which are no secrets here."""
    app = App(
        id=f"A0{code}",
        name=name,
        bot_id=f"B0{code}",
        bot_user_id=f"U0{code}",
        bot_token=f"xoxb-local-{handle}",
        app_token=f"xapp-local-{handle}",
        signing_secret=f"local-secret-{handle}",
    )
    return app, User(app.bot_user_id, handle, name, "#3b3f45", is_bot=True)


def sparkling(now: float) -> State:
    """The seeded workspace as it is at `now`."""
    state = State(TEAM)
    for person in PEOPLE:
        state.add_user(person)
    for channel, name, topic in CHANNELS:
        state.add_channel(Channel(channel, name, "channel", frozenset(p.id for p in PEOPLE), topic))
    install(state, *teleprinter())
    _tell(state, HISTORY, now)
    return state


def install(state: State, app: App, user: User) -> list[Happening]:
    """Add an app: its bot is in every channel, and can be written to by everybody."""
    state.add_app(app, user)
    happened: list[Happening] = []
    for channel in [each for each in state.channels.values() if each.kind == "channel"]:
        happened += state.join(channel.id, user.id)
    people = [person for person in state.users.values() if not person.is_bot]
    for number, person in enumerate(people, start=1):
        direct = f"D{number:02}{app.id[2:]}"
        happened += state.add_channel(Channel(direct, "", "im", frozenset({person.id, user.id})))
    return happened


def _tell(state: State, lines: Iterable[Line], now: float) -> None:
    """Say the lines, oldest first, since a ts never goes backwards."""
    people = {user.name: user for user in state.users.values()}
    channels = {channel.name: channel.id for channel in state.channels.values()}
    parents: dict[str, str] = {}
    for line in sorted(lines, key=lambda each: -each.minutes):
        parent = parents.get(line.channel) if line.reply else None
        text = composed(line.text, people.values())
        draft = Message(channels[line.channel], "", people[line.user].id, text, thread_ts=parent)
        state.post(draft, now - line.minutes * 60)
        if not line.reply:
            parents[line.channel] = state.history(draft.channel)[-1].ts
