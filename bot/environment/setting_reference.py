"""Every variable that the bot reads from its environment: the one table that docs/settings.md is made from (`make settings`), and
by which a misspelt name is found.

Texts are Markdown, with links as from the folder docs. A default that is a value stands in backticks, whole.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SettingEntry:
    """Holds what an operator has to know of one variable."""

    name: str
    meaning: str
    default: str = ""  # "": there is none, and it may be left out only where the meaning says so


_SLACK = (
    SettingEntry("SLACK_BOT_TOKEN", "the bot's token, `xoxb-…`, from the page “OAuth & Permissions” of the Slack app"),
    SettingEntry("SLACK_APP_TOKEN", "an app-level token, `xapp-…`, with the scope `connections:write`: Socket Mode; without it, HTTP events"),
    SettingEntry("SLACK_SIGNING_SECRET", "checks HTTP events; Socket Mode does without"),
    SettingEntry("SLACK_API_URL", "where the Web API is", "`https://slack.com/api/`"),
    SettingEntry("PORT", "where HTTP events are heard; for `demo` (not from `.env`), where its page is", "`3000`; `demo`: `3210`"),
    SettingEntry("TELEPRINTER_HOST", "the address of this computer at which HTTP events and the status port are heard; `0.0.0.0`: all of them", "`0.0.0.0`"),
    SettingEntry("TELEPRINTER_FOLLOW", "whose messages are answered without a mention, in a thread that the bot took part in: `asker`, whoever has asked there; `everyone`; `mentions`, nobody's", "`asker`"),
    SettingEntry("TELEPRINTER_ANSWER_APPS", "other apps that are answered where they mention the bot: names or ids (the bot's, the app's), with commas between. Three answers without a person are the most: in a thread for good, in a channel in ten minutes", "nobody"),
    SettingEntry("TELEPRINTER_TABLES", "`data`: with its last edit, the table of a message becomes one that people can sort, filter and turn the pages of, where it fits and Slack takes it; `text`: tables stay Markdown", "`data`"),
    SettingEntry("TELEPRINTER_FILE_AFTER", "after how many messages, `1` to `20`, the rest of a long answer goes into a file in its thread; it wants the scope `files:write`: [long answers](files.md#long-answers)", "no file: an answer fills 20 messages, and the rest is left out"),
    SettingEntry("TELEPRINTER_MENTION_ASKER", "`yes`: an answer may mention, and so notify, the person who asked; nobody else, ever", "`no`"),
)  # fmt: skip

_MODEL = (
    SettingEntry("TELEPRINTER_MODEL", "`provider:name`; `local`, `local:qwen-0.5b`, `local:qwen-1.5b` or `local:/path/to/model.gguf`. A provider's own package reads its key from the variable that it names: [providers](providers.md)", "`openai:gpt-4.1-mini` where `OPENAI_API_KEY` is set, else `local`"),
    SettingEntry("TELEPRINTER_MODELS", "several models, `provider:name` with commas between, of which each person may choose one in the App Home; the first, or `TELEPRINTER_MODEL`, answers the others. The embedded one cannot be among several", "one model, and nothing to choose"),
    SettingEntry("OPENAI_API_KEY", "the key for `openai:` models"),
    SettingEntry("OPENAI_BASE_URL", "a server that speaks OpenAI's API, for `openai:` models", "OpenAI's"),
    SettingEntry("TELEPRINTER_FALLBACK_MODEL", "another model, named the same way, that answers where the first fails; in the midst of an answer it begins anew below a rule", "none"),
    SettingEntry("TELEPRINTER_AGENT", "`module:object`: your own LangChain runnable or LangGraph graph answers in the place of a model", "none"),
    SettingEntry("TELEPRINTER_FIRST_TOKEN_SECONDS", "how long a model may be silent before its first word", "`60`"),
    SettingEntry("TELEPRINTER_IDLE_SECONDS", "how long it may be silent between two words", "`60`"),
    SettingEntry("TELEPRINTER_ANSWER_SECONDS", "how long one answer may take, thoughts included; then the model is stopped, what it wrote stays, and its reader is told", "`900`"),
    SettingEntry("TELEPRINTER_ANSWER_TOKENS", "how many tokens one answer may take, in the same way", "`100000`"),
    SettingEntry("TELEPRINTER_CACHE", "where local models are kept", "the system's cache folder"),
)  # fmt: skip

_READS = (
    SettingEntry("TELEPRINTER_SYSTEM_PROMPT", "what the model is told first", "in Slack a few words on where it is (none for the smallest local model), in `ask` nothing"),
    SettingEntry("TELEPRINTER_HISTORY_TOKENS", "how much of what was said before the model reads, in tokens, three quarters of its window at most", "half of the window where LangChain knows it, 30000 at most; else 3000"),
    SettingEntry("TELEPRINTER_CHANNEL_CONTEXT", "how many messages above a mention in a channel the model reads, `0` to `100`", "10 of the last day where the mention points at them, else none"),
)  # fmt: skip

_PACING = (
    SettingEntry("TELEPRINTER_UPDATES_PER_MINUTE", "edits a minute, all answers of the workspace together; Slack's published floor is 50", "`50`"),
    SettingEntry("TELEPRINTER_UPDATES_MOST", "how many last edits may try for, one step at a time, where Slack seems to take more", "the same: nothing is tried"),
    SettingEntry("TELEPRINTER_POSTS_IN_A_ROW", "messages in one channel in as many seconds: one a second, with short bursts", "`3`"),
    SettingEntry("TELEPRINTER_NATIVE_STREAMS", "`dms`: answers to direct messages grow by Slack's own streaming (100 additions a minute, beside the 50 edits); in channels, where only one person would see it grow, and wherever Slack refuses it, they are edited; `off`: they are edited everywhere", "`dms`"),
)  # fmt: skip

_PEOPLE = (
    SettingEntry("TELEPRINTER_ALLOW", "who may ask, and where: ids of channels (`C…`), people (`U…`) and user groups (`S…`, which want the scope `usergroups:read`), or `dm` for direct messages, with commas between. Where channels are named no others are allowed, and so with people and groups. Who may not ask is told so in private", "everybody, everywhere"),
    SettingEntry("TELEPRINTER_DENY", "who may not, and where not, in the same way, whatever else is allowed", "nobody"),
    SettingEntry("TELEPRINTER_MANAGERS", "who, besides admins of the workspace and whoever created a channel, may set how questions in channels are answered: ids of people (`U…`), with commas between. “@Teleprinter settings” in a channel shows them: [channels](operating.md#what-managers-set-for-a-channel)", "nobody else"),
    SettingEntry("TELEPRINTER_GUESTS", "`no`: guests of the workspace are not answered", "`yes`"),
    SettingEntry("TELEPRINTER_OUTSIDERS", "`yes`: people of other companies are answered, and channels that are shared with them. Without it a channel that `TELEPRINTER_ALLOW` names may be shared, and a person that it names may be of another company", "`no`"),
    SettingEntry("TELEPRINTER_TURNS_A_DAY_PERSON", "how many answers one person may have in a day of UTC. What is used up is told in private, with the time of reset", "no limit"),
    SettingEntry("TELEPRINTER_TOKENS_A_DAY_PERSON", "how many tokens one person's answers may take in a day", "no limit"),
    SettingEntry("TELEPRINTER_TURNS_A_DAY", "how many answers all of a workspace may have in a day", "no limit"),
    SettingEntry("TELEPRINTER_TOKENS_A_DAY", "how many tokens the answers of a workspace may take in a day", "no limit"),
    SettingEntry("TELEPRINTER_PRICES", "a file of what models cost: see [what it costs](operating.md#who-may-ask-and-what-it-costs)", "nobody knows"),
    SettingEntry("TELEPRINTER_FOOTER", "`model`, `cost`, or both with a comma between: a small line below each finished answer, with its last edit, and below private ones. What nobody has priced, or counted, has no cost there", "nothing"),
    SettingEntry("TELEPRINTER_COST_A_MONTH", "what a workspace's answers may cost in a month, in the currency of the prices; then it answers nothing until the next", "no limit"),
)  # fmt: skip

_TOOLS = (
    SettingEntry("TELEPRINTER_MCP_FILE", "a file with `mcpServers`, whose tools the model may use: [tools](tools.md)", "no tools"),
    SettingEntry("TELEPRINTER_TOOL_CALLS", "how many calls of tools one answer may make", "`20`"),
    SettingEntry("TELEPRINTER_APPROVAL_SECONDS", "how long it is waited for somebody to let a tool act", "`3600`"),
)  # fmt: skip

_MANY = (
    SettingEntry("SLACK_CLIENT_ID", "the app's Client ID: set instead of `SLACK_BOT_TOKEN`, [many workspaces](operating.md#many-workspaces) install the bot themselves", "one workspace"),
    SettingEntry("SLACK_CLIENT_SECRET", "the app's Client Secret"),
    SettingEntry("TELEPRINTER_SECRET_KEYS", "the keys that seal the tokens of workspaces, and what people write in their settings: `id:key` with commas between, the newest first; a key is 32 bytes in base64: `openssl rand -base64 32`"),
    SettingEntry("TELEPRINTER_PUBLIC_URL", "where browsers and Slack reach the bot, `https://your.host`"),
)  # fmt: skip

_OPERATION = (
    SettingEntry("DATABASE_URL", "where turns are kept: `sqlite:///file`, `postgresql://user:password@host/database` (in a password `@ : / ? # %` are written `%40 %3A %2F %3F %23 %25`), or `sqlite://` for nowhere", "`sqlite:///teleprinter.sqlite`"),
    SettingEntry("TELEPRINTER_REPLICA", "this process's name among those that share the database", "one that no other has"),
    SettingEntry("TELEPRINTER_DRAIN_SECONDS", "how long running answers may take when the bot is stopped; the rest is left to others. It ends 12 s later at the latest, whatever the database does", "`30`"),
    SettingEntry("TELEPRINTER_STATUS_PORT", "where `/live`, `/ready` and `/metrics` (Prometheus) are served, on `TELEPRINTER_HOST`; no port for the internet", "none"),
    SettingEntry("TELEPRINTER_LOG_LEVEL", "`DEBUG`, `INFO`, `WARNING`, `ERROR`", "`INFO`; `demo`: `WARNING`; `ask`: `ERROR`"),
    SettingEntry("TELEPRINTER_LOG_FORMAT", "`text`, or `json`: an object a line, for machines", "`text`"),
    SettingEntry("OTEL_EXPORTER_OTLP_ENDPOINT", "where OpenTelemetry's traces go, with the extra `teleprinter[otel]`; its other variables count as well: see [Traces](operating.md#traces)", "none"),
    SettingEntry("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "the same as a whole address, path included"),
    SettingEntry("OTEL_TRACES_EXPORTER", "`otlp`, or `none`: no traces all the same", "`otlp`"),
    SettingEntry("OTEL_SDK_DISABLED", "`true`: no traces all the same", "`false`"),
    SettingEntry("HTTPS_PROXY", "the way out to `https://` addresses, for Slack (Web API and socket) and `openai:` models alike; this computer's own addresses are never asked through a proxy"),
    SettingEntry("HTTP_PROXY", "the way out to `http://` addresses"),
    SettingEntry("ALL_PROXY", "the way out where the two above are not set"),
    SettingEntry("OPENAI_PROXY", "the way out to `openai:` models alone, whatever the others say"),
    SettingEntry("NO_PROXY", "hosts that are asked without a proxy, with commas between"),
    SettingEntry("SSL_CERT_FILE", "a file (PEM) of the certificates that are trusted, say a company's own", "the system's"),
    SettingEntry("SSL_CERT_DIR", "a folder of such certificates", "the system's"),
)  # fmt: skip

SECTIONS = {
    "Slack": _SLACK,
    "The model": _MODEL,
    "What it reads": _READS,
    "Pacing": _PACING,
    "People and money": _PEOPLE,
    "Tools": _TOOLS,
    "Many workspaces": _MANY,
    "Operation": _OPERATION,
}
"""The table, in the order in which somebody who sets the bot up comes to its parts."""

KNOWN_VARIABLES = frozenset(entry.name for entries in SECTIONS.values() for entry in entries)
