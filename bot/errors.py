"""Everything that can go wrong here, as one small tree.

    TeleprinterError
    ├── SettingsError            a setting is missing or wrong; the message names the mend
    │   └── ModelNameWrong       no model can be called so, whatever is installed or set besides
    ├── NotInstalled             a workspace has not installed the app
    ├── InputError               what was given to read cannot be read, or is not what it should be
    ├── OutputError              standard output takes no more of the answer
    ├── ModelError               the model gave no answer, or only part of one
    │   ├── ModelUnreachable     no connection, or it broke
    │   ├── ModelUntrusted       nobody here vouches for its server's certificate
    │   ├── ModelDenied          the key was refused (401, 403)
    │   ├── ModelUnknown         there is no such model (404)
    │   ├── ModelBusy            the provider's rate limit (429)
    │   ├── ModelUnpaid          its quota or credit is used up (402, 429)
    │   ├── ModelFailed          the provider failed (5xx), or refused the request (400)
    │   ├── ModelStalled         no word within the time allowed
    │   ├── ModelEndless         the answer went on for longer than one may
    │   ├── ModelBroke           the stream ended without a finish reason, or could not be read
    │   ├── PromptTooLong        the conversation does not fit the model
    │   ├── PromptBlocked        the provider's content filter did not let it through
    │   └── LocalModelError      the embedded model could not be fetched or started
    └── SlackError               Slack refused a call, or did not answer
        ├── RateLimited          429: nothing of this kind before `retry_after` seconds have passed
        ├── SlackUnreachable     no answer, or a 5xx: whether the call was carried out is unknown
        ├── MessageFixed         the message takes no edits any more
        ├── MessageGone          the message is no longer there
        ├── ThreadGone           its thread or channel is closed to us
        ├── MessageTooLong       the text does not fit one message
        ├── StreamOver           the message is no stream, or none any more: it can be edited
        │   └── StreamStopped    the person who reads it has stopped it
        ├── StreamOpen           the message is a stream still: it cannot be edited
        ├── MethodUnknown        the workspace does not have the method
        ├── BlocksRefused        Slack does not take these blocks; plain text may still do
        └── SlackDenied          the token is wrong, or a scope is missing

`str(error)` is one line for whoever runs the bot and names the mend; `error.told` is what the person who asked is told.
Neither ever holds a prompt, an answer or a token.
"""

from __future__ import annotations

from typing import cast

from bot.language.translatable import Translatable


class TeleprinterError(Exception):
    """The root of what we raise on purpose."""

    told = Translatable("Something went wrong on my side.")


def first_of(error: BaseException) -> BaseException:
    """Returns what went wrong first, where tasks that failed together have put it into groups; `error` itself elsewhere."""
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseException", error.exceptions[0])
    return error


class SettingsError(TeleprinterError):
    """A setting is missing or wrong, or Slack takes a token no more. It ends the process: no reader is told of it."""


class ModelNameWrong(SettingsError):
    """No model can be called so, whatever is installed or set besides."""


class NotInstalled(TeleprinterError):
    """A workspace has not installed the app, or no longer has."""

    def __init__(self, team: str) -> None:
        super().__init__(
            f"The workspace {team or 'without a name'} has not installed the app: install it there."
        )


class InputError(TeleprinterError):
    """A file, or what came through a pipe, cannot be read or makes no sense. The message names the place and the mend."""


class OutputError(TeleprinterError):
    """Standard output is closed or full: there is nowhere to print the answer."""


class ModelError(TeleprinterError):
    """The model gave no answer, or only part of one."""

    told = Translatable("The model failed while it was answering. Please ask again.")
    again = True
    """Tells whether the same question may well be answered: then what its reader is told says so."""


class ModelUnreachable(ModelError):
    """No connection to the model's server, or it broke before the answer was whole."""

    told = Translatable("I lost the connection to the model. Please ask again in a moment.")


class ModelUntrusted(ModelError):
    """The certificate of the model's server, or of a proxy before it, is not trusted here."""

    told = Translatable(
        "The certificate of the model's server is not trusted where I run. Whoever runs me has to mend that."
    )
    again = False


class ModelDenied(ModelError):
    """The provider does not accept our key."""

    told = Translatable("The model's provider does not accept my key. Whoever runs me has to mend that.")
    again = False


class ModelUnknown(ModelError):
    """The provider has no model of that name."""

    told = Translatable(
        "The model I am set up with does not exist at its provider. Whoever runs me has to mend that."
    )
    again = False


class ModelBusy(ModelError):
    """The provider's own rate limit."""

    told = Translatable(
        "The model is getting more questions than it may answer. Please ask again in a minute."
    )


class ModelUnpaid(ModelError):
    """The provider's quota or credit is used up: waiting does not mend it."""

    told = Translatable(
        "What I may spend at the model's provider is used up. Whoever runs me has to mend that."
    )
    again = False


class ModelFailed(ModelError):
    """The provider failed, or refused the request."""


class ModelStalled(ModelError):
    """The model said nothing for longer than it may."""

    told = Translatable("The model stopped answering. Please ask again.")


class ModelEndless(ModelError):
    """The model came to no end within the time or the tokens that one answer may take."""

    told = Translatable("The model came to no end, so I stopped it. Please ask for less at once.")
    again = False


class ModelBroke(ModelError):
    """The stream ended without a finish reason, or held something that is no answer."""

    told = Translatable("The model's answer broke off. Please ask again.")


class PromptTooLong(ModelError):
    """The conversation does not fit the model's context."""

    told = Translatable("This conversation has become too long for the model. Please start a new thread.")
    again = False


class PromptBlocked(ModelError):
    """The provider's content filter did not let the conversation through to the model."""

    told = Translatable(
        "The model's provider did not let this conversation through: its content filter stepped in."
    )
    again = False


class LocalModelError(ModelError):
    """The embedded model could not be fetched or started."""

    told = Translatable("The local model is not running. Whoever runs me has to look at it.")
    again = False


class SlackError(TeleprinterError):
    """Slack refused a call, or did not answer. `code` is Slack's own error code, "" where it sent none."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class RateLimited(SlackError):
    """Slack's 429. A deadline for `method` in the workspace: `retry_after` is in seconds. `method` is "" where it is known."""

    def __init__(self, retry_after: float, *, method: str = "") -> None:
        super().__init__(f"Slack asks to wait {retry_after:g} s", code="ratelimited")
        self.method = method
        self.retry_after = retry_after


class SlackUnreachable(SlackError):
    """No answer, or a 5xx. Whether Slack carried the call out is unknown."""


class MessageFixed(SlackError):
    """The message is there, and takes no edits any more."""


class MessageGone(SlackError):
    """The message is not there: somebody deleted it, or Slack lost it."""


class ThreadGone(SlackError):
    """The thread was deleted, or its channel is closed to us."""


class MessageTooLong(SlackError):
    """The text does not fit one message, by Slack's own count."""


class StreamOver(SlackError):
    """The message is no stream, or none any more: nothing can be added to it, but it can be edited."""


class StreamStopped(StreamOver):
    """The person who reads it has stopped it in Slack, and with it the answer."""


class StreamOpen(SlackError):
    """The message is a stream still: it cannot be edited before that has ended."""


class MethodUnknown(SlackError):
    """The workspace does not have the method, or not for us."""


class BlocksRefused(SlackError):
    """Slack does not take these blocks."""


class SlackDenied(SlackError):
    """The token is wrong or revoked, or a scope is missing: only the operator can mend it. `needed` is that scope, or ""."""

    def __init__(self, message: str, *, code: str = "", needed: str = "") -> None:
        super().__init__(message, code=code)
        self.needed = needed
