"""The shortcodes the local Slack draws: `:tada:` is 🎉. Slack knows thousands; these are the ones people and models write.

A shortcode that is not here stays as it was written, as in Slack.
"""

from __future__ import annotations

import re

EMOJI = {
    "+1": "👍",
    "-1": "👎",
    "100": "💯",
    "alarm_clock": "⏰",
    "arrow_down": "⬇️",
    "arrow_left": "⬅️",
    "arrow_right": "➡️",
    "arrow_up": "⬆️",
    "bar_chart": "📊",
    "beers": "🍻",
    "books": "📚",
    "bug": "🐛",
    "bulb": "💡",
    "calendar": "📆",
    "champagne": "🍾",
    "clap": "👏",
    "coffee": "☕",
    "construction": "🚧",
    "cry": "😢",
    "dart": "🎯",
    "eyes": "👀",
    "fire": "🔥",
    "gear": "⚙️",
    "grinning": "😀",
    "heart": "❤️",
    "heavy_check_mark": "✔️",
    "hourglass_flowing_sand": "⏳",
    "information_source": "ℹ️",  # noqa: RUF001 - the sign itself, not a letter
    "joy": "😂",
    "key": "🔑",
    "link": "🔗",
    "lock": "🔒",
    "mag": "🔍",
    "memo": "📝",
    "microphone": "🎤",
    "musical_note": "🎵",
    "no_entry": "⛔",
    "notes": "🎶",
    "octagonal_sign": "🛑",
    "ok_hand": "👌",
    "one": "1️⃣",
    "package": "📦",
    "partying_face": "🥳",
    "point_right": "👉",
    "pray": "🙏",
    "question": "❓",
    "raised_hands": "🙌",
    "robot_face": "🤖",
    "rocket": "🚀",
    "rotating_light": "🚨",
    "scream": "😱",
    "see_no_evil": "🙈",
    "shrug": "🤷",
    "slightly_smiling_face": "🙂",
    "smile": "😄",
    "smiley": "😃",
    "sob": "😭",
    "sparkles": "✨",
    "speech_balloon": "💬",
    "star": "⭐",
    "sunglasses": "😎",
    "sweat_drops": "💦",
    "sweat_smile": "😅",
    "tada": "🎉",
    "thinking_face": "🤔",
    "three": "3️⃣",
    "thumbsdown": "👎",
    "thumbsup": "👍",
    "two": "2️⃣",
    "warning": "⚠️",
    "wave": "👋",
    "white_check_mark": "✅",
    "wink": "😉",
    "wrench": "🔧",
    "x": "❌",
    "zap": "⚡",
}

SHORTCODE = re.compile(r":([a-z0-9_+-]{1,40}):")


def with_emoji(text: str) -> str:
    """The text with its known shortcodes drawn. Works before and after HTML escaping, which touches no letter of a shortcode."""
    return SHORTCODE.sub(lambda found: EMOJI.get(found[1], found[0]), text)
