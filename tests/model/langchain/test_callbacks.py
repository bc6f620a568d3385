"""Words out of any LangChain run: into a terminal, and into a stream of deltas."""

from __future__ import annotations

import asyncio
import io
import logging
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import openai
import pytest
from httpx2 import Request, Response
from langchain.agents import create_agent
from langchain_core.caches import InMemoryCache
from langchain_core.language_models import FakeStreamingListLLM
from langchain_core.messages import AIMessageChunk
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda, RunnableParallel

from bot.core.conversation.deltas import Delta, Finish, Reason, Text, ToolState, ToolStep, ToolUse, Usage
from bot.errors import ModelBroke, ModelDenied, ModelEndless, ModelFailed, ModelStalled, ModelUnreachable
from bot.model.langchain.callbacks import DeltaHandler, TerminalHandler, stream_runnable
from tests.clock import VIRTUAL
from tests.models import HANG, Pause, ProvidedModel, Script, ScriptedModel, Step, finish, thought, tool_part

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

STOP = Finish(Reason.STOP)
GAP = Text("\n\n")

in_virtual_time = pytest.mark.parametrize("anyio_backend", [VIRTUAL], ids=["virtual time"])
"""For runs in which nothing runs in a thread: LangChain's parsers and sync steps do."""


def model_of(*answers: Script, **options: Any) -> ScriptedModel:
    return ScriptedModel(answers=answers, **options)


def chain_of(model: Runnable[Any, Any]) -> Runnable[Any, str]:
    return ChatPromptTemplate.from_template("{question}") | model | StrOutputParser()


QUESTION = {"question": "What time is it?"}


async def read(deltas: AsyncIterator[Delta], pause: float = 0) -> list[Delta]:
    got: list[Delta] = []
    async for delta in deltas:
        got.append(delta)
        await asyncio.sleep(pause)
    return got


async def stream(runnable: Runnable[Any, Any], input: Any = QUESTION, **options: Any) -> list[Delta]:  # noqa: A002
    async with aclosing(stream_runnable(runnable, input, **options)) as deltas:
        return await read(deltas)


async def read_until_it_fails(runnable: Runnable[Any, Any], got: list[Delta]) -> None:
    async with aclosing(stream_runnable(runnable, QUESTION)) as deltas:
        async for delta in deltas:
            got.append(delta)  # noqa: PERF401  (what came before the error counts)


def clock() -> str:
    """What time it is."""
    return "7 o'clock"


# One model, and a chain around it


async def test_a_chain_streams_what_its_model_says_and_finishes_once() -> None:
    chain = chain_of(model_of(["It is", " late.", *finish(usage=(9, 3))]))
    assert await stream(chain) == [Text("It is"), Text(" late."), Usage(9, 3), STOP]


@pytest.mark.parametrize(
    "whole", [{"disable_streaming": True}, {}], ids=["streaming is off", "a cache answered"]
)
async def test_a_model_that_does_not_stream_is_heard_when_it_ends(whole: dict[str, Any]) -> None:
    chain = chain_of(model_of(["It is", " late.", *finish()], cache=InMemoryCache(), **whole))
    await chain.ainvoke(QUESTION)
    assert await stream(chain) == [Text("It is late."), STOP]


async def test_content_blocks_are_read_and_never_shown_as_they_are() -> None:
    block = AIMessageChunk(content=[{"type": "text", "text": "Hello", "index": 0}])
    assert await stream(chain_of(model_of([block, *finish()]))) == [Text("Hello"), STOP]


async def test_a_completion_model_is_heard_when_it_ends() -> None:
    assert await stream(FakeStreamingListLLM(responses=["abc"]), "Hi") == [Text("abc"), STOP]


async def test_a_runnable_without_a_model_gives_its_output() -> None:
    assert await stream(RunnableLambda(lambda question: f"You asked {question}"), "why") == [
        Text("You asked why"),
        STOP,
    ]


async def test_a_sync_step_in_a_thread_streams_too() -> None:
    model = model_of(["It is", " late.", *finish()])

    def ask(question: str, config: RunnableConfig) -> str:
        return str(model.invoke(question, config).text)

    assert await stream(RunnableLambda(ask), "Hi") == [Text("It is"), Text(" late."), STOP]


async def test_the_caller_s_own_callbacks_are_kept() -> None:
    out = io.StringIO()
    config: RunnableConfig = {"callbacks": [TerminalHandler(out)]}
    await stream(chain_of(model_of(["It is", " late.", *finish()])), config=config)
    assert out.getvalue() == "It is late.\n"


# Slow readers, and readers who leave


@in_virtual_time
async def test_a_slow_reader_gets_every_word() -> None:
    model = model_of([*[str(number) for number in range(200)], *finish()])
    async with aclosing(stream_runnable(model, "Hi")) as deltas:
        got = await read(deltas, pause=0.2)
    assert got == [*[Text(str(number)) for number in range(200)], STOP]


@in_virtual_time
async def test_a_model_is_never_further_ahead_than_the_backlog() -> None:
    said: list[int] = []

    def say(number: int) -> str:
        said.append(number)
        return "word"

    model = ScriptedModel(answers=[map(say, range(100))])
    async with aclosing(DeltaHandler(backlog=10).follow(model, "Hi")) as deltas:
        await anext(deltas)
        await asyncio.sleep(1)
        assert len(said) <= 12
    assert len(said) <= 12


@in_virtual_time
async def test_leaving_the_stream_cancels_the_run_and_leaves_nothing_behind() -> None:
    model = model_of(["It is", HANG])
    before = asyncio.all_tasks()
    async with aclosing(stream_runnable(model, "Hi")) as deltas:
        assert await anext(deltas) == Text("It is")
    assert model.cancelled == 1
    assert asyncio.all_tasks() == before


@in_virtual_time
async def test_leaving_while_the_model_waits_for_room_cancels_the_run_too() -> None:
    model = model_of(["word"] * 100)
    async with aclosing(DeltaHandler(backlog=1).follow(model, "Hi")) as deltas:
        await anext(deltas)
        await asyncio.sleep(1)
    await asyncio.sleep(0.001)  # Python leaves the closing of a dropped generator to the loop
    assert model.cancelled == 1


@in_virtual_time
async def test_cancelling_the_reader_cancels_the_run() -> None:
    model = model_of(["It is", HANG])
    task = asyncio.create_task(stream(model, "Hi"))
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert model.cancelled == 1


@in_virtual_time
async def test_silence_longer_than_allowed_is_a_stall_and_ends_the_run() -> None:
    model = model_of([Pause(9), "It is", HANG])
    with pytest.raises(ModelStalled, match=r"the clock said nothing for 10 s"):
        await stream(model, "Hi", idle=10, label="the clock")
    assert model.cancelled == 1
    assert asyncio.get_running_loop().time() == 19


# What goes wrong


async def test_a_failure_before_the_first_word_is_raised() -> None:
    with pytest.raises(ModelUnreachable):
        await stream(chain_of(model_of([ConnectionResetError()])))


async def test_a_failure_before_any_model_is_called_is_raised() -> None:
    with pytest.raises(ModelFailed, match="KeyError"):
        await stream(chain_of(model_of(["never"])), {"wrong": "input"})


async def test_a_failure_in_the_middle_is_raised_after_what_was_said() -> None:
    got: list[Delta] = []
    with pytest.raises(ModelUnreachable):
        await read_until_it_fails(chain_of(model_of(["It is", ConnectionResetError()])), got)
    assert got == [Text("It is")]


async def test_an_answer_that_its_provider_cut_is_broken() -> None:
    cut = AIMessageChunk(content="Half", response_metadata={"model_provider": "openai"})
    with pytest.raises(ModelBroke):
        await stream(chain_of(model_of([cut])))


_THINKING: list[Step] = [thought("hm"), Pause(1)]


@in_virtual_time
async def test_a_run_that_never_ends_is_stopped_in_time() -> None:
    with pytest.raises(ModelEndless, match="not come to an end after 60 s"):
        await stream(model_of(_THINKING * 500), "Hi", idle=10, seconds=60)
    assert asyncio.get_running_loop().time() == 60


@in_virtual_time
async def test_a_model_whose_thoughts_are_dropped_on_the_way_is_not_silent() -> None:
    dropped: list[Step] = ["", Pause(8)]
    script = [*dropped * 20, "Yes", *finish()]
    assert await stream(model_of(script), "Hi", idle=10) == [Text("Yes"), STOP]


async def test_an_error_names_the_variables_of_the_model_s_own_provider() -> None:
    refused = openai.AuthenticationError(
        "no", response=Response(401, request=Request("POST", "http://x/v1")), body=None
    )
    with pytest.raises(ModelDenied, match="check DEEPSEEK_API_KEY"):
        await stream(ProvidedModel(answers=[[refused]], provider="deepseek"), "Hi")


async def test_a_cut_is_seen_also_where_the_integration_never_names_itself() -> None:
    with pytest.raises(ModelBroke):
        await stream(ProvidedModel(answers=[["Half"]], provider="ollama"), "Hi")


async def test_a_reason_that_stands_beside_the_message_is_read() -> None:
    model = ProvidedModel(answers=[["Cut"]], provider="ollama", info={"done_reason": "length"})
    assert await stream(model, "Hi") == [Text("Cut"), Finish(Reason.LENGTH)]


async def test_a_word_for_the_end_that_nobody_knows_is_told_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    await stream(model_of(["Hello", *finish("a word of tomorrow")]), "Hi")
    assert [(record.getMessage(), vars(record)["word"]) for record in caplog.records] == [
        ("run.end_unknown", "a word of tomorrow")
    ]


async def test_a_run_that_cancels_itself_is_broken_and_nobody_hangs() -> None:
    async def give_up(question: str) -> str:
        raise asyncio.CancelledError(question)

    with pytest.raises(ModelBroke, match="cancelled from within"):
        await stream(RunnableLambda(give_up), "Hi")


async def test_the_log_tells_of_a_failure_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bot"), pytest.raises(ModelFailed):
        await stream(chain_of(model_of([RuntimeError("the prompt")])))
    [record] = [record for record in caplog.records if record.name == "bot"]
    assert (record.getMessage(), vars(record)["error"]) == ("run.failed", "builtins.RuntimeError")
    assert "the prompt" not in str(vars(record))


async def test_a_fallback_answers_where_the_first_model_fails() -> None:
    first, second = model_of([ConnectionResetError()]), model_of(["It is late.", *finish()])
    assert await stream(first.with_fallbacks([second]), "Hi") == [Text("It is late."), STOP]


# Several model calls


async def test_an_agent_s_turn_ends_with_its_last_call_and_not_with_its_first() -> None:
    calls_the_clock = tool_part("{}", name="clock", call_id="a")
    model = model_of(["Let me look.", calls_the_clock, *finish("tool_calls")], ["It is 7.", *finish()])
    agent = create_agent(model, [clock])
    assert await stream(agent, {"messages": [("user", "What time is it?")]}) == [
        Text("Let me look."),
        ToolUse("a", "clock", "{}"),
        GAP,
        ToolStep("a", "clock", ToolState.STARTED),
        ToolStep("a", "clock", ToolState.ENDED),
        Text("It is 7."),
        STOP,
    ]


@in_virtual_time
async def test_models_side_by_side_speak_one_after_the_other() -> None:
    slow = model_of([Pause(2), "a", Pause(2), "b", *finish()])
    quick = model_of([Pause(3), "c", "d", *finish()])
    assert await stream(RunnableParallel(slow=slow, quick=quick), "Hi") == [
        Text("a"),
        Text("b"),
        GAP,
        Text("c"),
        Text("d"),
        STOP,
    ]


@pytest.mark.parametrize(
    "unheard",
    [{"tags": ["nostream"]}, {"metadata": {"langgraph_node": "SummarizationMiddleware.before_model"}}],
    ids=["by its tag", "by its node"],
)
@pytest.mark.parametrize(
    "make",
    [lambda: model_of(["a summary", *finish()]), lambda: FakeStreamingListLLM(responses=["a summary"])],
    ids=["chat", "text"],
)
async def test_a_call_that_is_not_for_the_reader_is_not_heard(
    unheard: RunnableConfig, make: Callable[[], Runnable[Any, Any]]
) -> None:
    summary = make().with_config(unheard) | RunnableLambda(lambda _: "Hi")
    assert await stream(summary | model_of(["It is late.", *finish()]), "Hi") == [Text("It is late."), STOP]


# One handler, one run


async def test_two_people_who_share_a_model_get_their_own_words() -> None:
    shared = model_of(*[["to ", name, *finish()] for name in ("Ann", "Bob")])
    answers = await asyncio.gather(stream(shared, "Hi"), stream(shared, "Hi"))
    assert sorted("".join(d.text for d in deltas if isinstance(d, Text)) for deltas in answers) == [
        "to Ann",
        "to Bob",
    ]


@in_virtual_time
async def test_a_handler_hears_nothing_of_a_run_it_does_not_follow() -> None:
    handler = DeltaHandler()
    shared = model_of(["to Ann", Pause(1), "!", *finish()], ["to Bob", *finish()], callbacks=[handler])
    async with aclosing(handler.follow(shared, "Hi")) as deltas:
        assert await anext(deltas) == Text("to Ann")
        await shared.ainvoke("Hi")  # Bob's, who does not know of Ann's handler
        assert await read(deltas) == [Text("!"), STOP]


async def test_a_handler_follows_one_run_only() -> None:
    handler = DeltaHandler()
    model = model_of(["Hello", *finish()])
    await read(handler.follow(model, "Hi"))
    with pytest.raises(RuntimeError, match="make one for each run"):
        await read(handler.follow(model, "Hi"))


# The terminal


def test_the_terminal_shows_words_as_they_come_in_a_sync_run() -> None:
    out = io.StringIO()
    seen: list[str] = []

    class Watching(ScriptedModel):
        def _stream(self, *args: Any, **options: Any) -> Any:
            for chunk in super()._stream(*args, **options):
                seen.append(out.getvalue())
                yield chunk

    Watching(answers=[["It is", " late."]]).invoke("Hi", {"callbacks": [TerminalHandler(out)]})
    assert seen == ["", "It is"]
    assert out.getvalue() == "It is late.\n"


def test_the_terminal_streams_through_a_chain_of_transforms() -> None:
    out = io.StringIO()
    chain = chain_of(model_of(["It is", " late."]))
    assert list(chain.stream(QUESTION, {"callbacks": [TerminalHandler(out)]})) == ["It is", " late.", ""]
    assert out.getvalue() == "It is late.\n"


async def test_the_terminal_shows_an_async_run_in_the_same_order() -> None:
    out = io.StringIO()
    chain = chain_of(model_of([*[f"{number} " for number in range(50)]]))
    chunks = [chunk async for chunk in chain.astream(QUESTION, {"callbacks": [TerminalHandler(out)]})]
    assert out.getvalue() == "".join(chunks) + "\n"


def test_the_terminal_shows_text_and_neither_thoughts_nor_blocks() -> None:
    out = io.StringIO()
    blocks = AIMessageChunk(
        content=[{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "Hello"}]
    )
    model_of([blocks]).invoke("Hi", {"callbacks": [TerminalHandler(out)]})
    assert out.getvalue() == "Hello\n"


def test_the_terminal_shows_an_answer_that_was_not_streamed() -> None:
    out = io.StringIO()
    model_of(["It is", " late."], disable_streaming=True).invoke("Hi", {"callbacks": [TerminalHandler(out)]})
    assert out.getvalue() == "It is late.\n"


def test_a_model_that_says_nothing_leaves_no_line_in_the_terminal() -> None:
    out = io.StringIO()
    model_of([""]).invoke("Hi", {"callbacks": [TerminalHandler(out)]})
    assert out.getvalue() == ""


@pytest.mark.parametrize("wrap", [lambda model: model, chain_of], ids=["a model", "a chain around it"])
def test_the_terminal_shows_an_error_once_and_apart_from_the_words(
    wrap: Callable[[Any], Runnable[Any, Any]],
) -> None:
    out, err = io.StringIO(), io.StringIO()
    runnable = wrap(model_of(["It is", ConnectionResetError()]))
    with pytest.raises(ConnectionResetError):
        runnable.invoke(QUESTION if wrap is chain_of else "Hi", {"callbacks": [TerminalHandler(out, err)]})
    assert out.getvalue() == "It is"
    assert err.getvalue() == "\nno connection to the model, or it broke: check the network\n"


async def test_the_terminal_does_not_call_a_cancelled_run_an_error() -> None:
    out, err = io.StringIO(), io.StringIO()
    task = asyncio.create_task(model_of([HANG]).ainvoke("Hi", {"callbacks": [TerminalHandler(out, err)]}))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert err.getvalue() == ""


def test_a_terminal_that_is_closed_ends_the_run() -> None:
    out = io.StringIO()
    out.close()
    with pytest.raises(ValueError, match="closed file"):
        model_of(["It is", " late."]).invoke("Hi", {"callbacks": [TerminalHandler(out, io.StringIO())]})


def test_the_terminal_is_standard_output_unless_told_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    model_of(["Hello"]).invoke("Hi", {"callbacks": [TerminalHandler()]})
    assert capsys.readouterr().out == "Hello\n"
