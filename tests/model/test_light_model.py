"""Which models are read the light way."""

from __future__ import annotations

from bot.model.light_model import LightModel
from bot.model.openai_chat import build_openai


def test_a_model_of_ours_is_one_and_what_is_bound_to_it_is_not_passed_by() -> None:
    model = build_openai("m", api_key=None, base_url="http://localhost/v1", max_retries=0)
    assert isinstance(model, LightModel)
    assert not isinstance(model.bind(temperature=0), LightModel)
