"""conversations.*: channels, direct messages, and what was said in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_emulator.errors import Refused
from slack_emulator.payloads.object_payloads import channel_json, message_json
from slack_emulator.web_api.call import Call, Method, page_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from slack_emulator.json_values import Json
    from slack_emulator.state.models import Channel, Message

MOST = 999  # objects in one page of messages: the methods' pages
MOST_OUTSIDE = 15  # the same for apps neither internal nor in the Marketplace
KINDS = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def list_(call: Call) -> Json:
    """The conversations of the kinds asked for: every public channel, and the app's own direct messages."""
    kinds = call.args.names("types") or ["public_channel"]
    channels = _of_kinds(call.state.channels.values(), kinds, call.app.bot_user_id)
    return _listed(call, channels, lambda channel: shown(channel, call) | counted(channel))


def of_user(call: Call) -> Json:
    """users.conversations: those the app (or `user`) is in."""
    member = call.args.text("user") or call.app.bot_user_id
    kinds = call.args.names("types") or ["public_channel"]
    mine = [channel for channel in call.state.channels.values() if member in channel.members]
    return _listed(call, _of_kinds(mine, kinds, call.app.bot_user_id), lambda channel: _own(channel, call))


def shown(channel: Channel, call: Call) -> Json:
    """A conversation as the app sees it."""
    return channel_json(channel, call.app.bot_user_id, call.state)


def counted(channel: Channel) -> Json:
    """Returns how many are in it; said of channels only."""
    return {} if channel.kind == "im" else {"num_members": len(channel.members)}


def _own(channel: Channel, call: Call) -> Json:
    """That the app is in it goes without saying."""
    return {name: value for name, value in shown(channel, call).items() if name != "is_member"}


def _of_kinds(channels: Iterable[Channel], kinds: list[str], viewer: str) -> list[Channel]:
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        raise Refused("invalid_types", f"[ERROR] {unknown[0]} is no type of conversation")
    wanted = {KINDS[kind] for kind in kinds}
    return [each for each in channels if each.kind in wanted and (each.public or viewer in each.members)]


def _listed(call: Call, channels: list[Channel], show: Callable[[Channel], Json]) -> Json:
    if call.args.flag("exclude_archived"):
        channels = [channel for channel in channels if not channel.archived]
    page, metadata = page_of(channels, lambda channel: channel.id, call, default=100, most=MOST)
    return {"channels": [show(channel) for channel in page]} | metadata


def info(call: Call) -> Json:
    """One conversation."""
    channel = visible(call)
    more: Json = {"is_open": True} if channel.kind == "im" else {}
    if call.args.flag("include_num_members"):
        more |= counted(channel)
    return {"channel": shown(channel, call) | more}


def visible(call: Call) -> Channel:
    """The channel named; what is private is not there for those outside it."""
    channel = call.channel()
    if channel.public or call.app.bot_user_id in channel.members:
        return channel
    raise Refused("channel_not_found")


def members(call: Call) -> Json:
    """Returns who is in it."""
    page, metadata = page_of(sorted(visible(call).members), str, call, default=100, most=MOST)
    return {"members": page} | metadata


def history(call: Call) -> Json:
    """The channel's messages, newest first."""
    channel = call.channel_inside()
    found = list(reversed(_between(call, call.state.history(channel.id))))
    return _messages(call, found, default=100)


def replies(call: Call) -> Json:
    """A thread: its parent first, then the replies, oldest first. `ts` may be any message's in it."""
    channel = call.channel_inside()
    asked = call.state.find(channel.id, call.args.needed("ts"))
    parent = asked and call.state.find(channel.id, asked.thread_ts or asked.ts)
    if parent is None:
        raise Refused("thread_not_found")
    found = [parent, *_between(call, call.state.replies(channel.id, parent.ts))]
    return _messages(call, found, default=MOST)


def _between(call: Call, messages: list[Message]) -> list[Message]:
    """Those after `oldest` and before `latest`; the two themselves only where `inclusive` says so."""
    oldest, latest = call.args.text("oldest") or "0", call.args.text("latest") or "9" * 16
    ends = {oldest, latest} if call.args.flag("inclusive") else set[str]()
    return [
        each for each in messages if _micros(oldest) < _micros(each.ts) < _micros(latest) or each.ts in ends
    ]


def _micros(ts: str) -> int:
    """A ts as a number to compare by: "12.5" is later than "12.000006"."""
    seconds, _, fraction = ts.partition(".")
    try:
        return int(seconds) * 1_000_000 + int(fraction.ljust(6, "0")[:6] or 0)
    except ValueError:
        raise Refused("invalid_arguments", f"[ERROR] not a timestamp: {ts}") from None


def _messages(call: Call, messages: list[Message], *, default: int) -> Json:
    most = MOST if call.app.internal or call.state.readings.history_for_all else MOST_OUTSIDE
    page, metadata = page_of(
        messages, lambda message: message.ts, call, default=min(default, most), most=most
    )
    more = bool(metadata["response_metadata"]["next_cursor"])
    answer: Json = {"messages": [message_json(message, call.state) for message in page], "has_more": more}
    return answer | (metadata if more else {})


METHODS: dict[str, Method] = {
    "conversations.history": history,
    "conversations.info": info,
    "conversations.list": list_,
    "conversations.members": members,
    "conversations.replies": replies,
    "users.conversations": of_user,
}
