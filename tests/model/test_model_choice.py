"""Several models of which one answers."""

from __future__ import annotations

from bot.language.translatable import Translatable
from bot.model.model_choice import ModelChoice, choice_of
from tests.fakes import FakeModel, words


def named(label: str, text: str = "") -> FakeModel:
    model = FakeModel(words(text))
    model.label = label
    return model


async def test_the_first_answers_and_is_what_the_choice_is_called() -> None:
    first = named("a", "One.")
    first.caution, first.window = Translatable("Careful."), 100
    both = ModelChoice(first, named("b"))
    assert (both.label, both.caution, both.window) == ("a", first.caution, 100)
    assert [one async for one in both.stream([])]
    assert first.asked == [[]]


async def test_a_model_is_picked_by_its_name_and_the_first_where_there_is_none_of_it() -> None:
    first, second = named("a"), named("b")
    both = ModelChoice(first, second)
    assert (both.names, both.models) == (("a", "b"), (first, second))
    both.want()
    await both.load()  # which have nothing to do
    assert [await both.pick(name) for name in ("a", "b", "c", "")] == [first, second, first, first]
    assert [both.name_of(name) for name in ("a", "b", "c", "")] == ["a", "b", "a", "a"]


async def test_a_choice_sees_pictures_where_its_first_model_does_and_each_of_them_for_itself() -> None:
    one, other = named("a"), named("b")
    one.takes_images, other.takes_images = False, True
    both = ModelChoice(one, other)
    assert (both.takes_images, (await both.pick("b")).takes_images) == (False, True)


def test_one_model_is_a_choice_of_one() -> None:
    one = named("a")
    both = ModelChoice(one, named("b"))
    assert (choice_of(one).models, choice_of(both)) == ((one,), both)
