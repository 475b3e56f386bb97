"""A handover that was broken off goes on as what it was begun, and a new one says what it could not find out."""

import pytest

from agents.detect.publisher import KEY, PublisherState, Switch
from schemas.generation import Generation
from streams import generation as generations
from streams.generation import establish
from streams.handover import run
from streams.handover.lanes import STATE
from streams.handover.publishing import Publishers
from streams.handover.run import HandoverRefused, hand_over
from streams.settings import Settings
from tests.streams.deployment import LANES, contents, made, put

NOW = 1_795_000_000_000


async def begun(kafka: str, prefix: str, name: str) -> tuple[Settings, Generation]:
    """A generation of a deployment that several have."""
    own = await made(kafka, f"{prefix}{name}.")
    settings = generations.beside(own, own.prefix).model_copy(
        update={"raw_topic": f"{prefix}a.raw", "alerts_topic": f"{prefix}a.out"}
    )
    return settings, await establish(settings, "rules", LANES, NOW)


@pytest.mark.parametrize("mode", ["silent", "holds"])
async def test_it_is_not_taken_up_from_another_former_generation(kafka: str, prefix: str, mode: str) -> None:
    """Some lanes have come to the switch, and the rest have not; either tells from whom it was."""
    first, former = await begun(kafka, prefix, "a")
    second, new = await begun(kafka, prefix, "b")
    other, _ = await begun(kafka, prefix, "c")
    switch = Switch(handover="h", former=former.name, to=new.name, since=NOW, told=(0,))
    state = (
        PublisherState(mode="silent", switch=switch)
        if mode == "silent"
        else PublisherState(mode="holds", handover="h", former=former.name, since=NOW)
    )
    await put(second, STATE, state.encode(), key=KEY)
    with pytest.raises(HandoverRefused) as caught:
        await hand_over(other, second, 0, print)
    assert f"was begun from the generation {former.name}" in str(caught.value)
    assert str(caught.value).endswith(f"set TOCSIN_PREFIX={first.prefix}")
    assert await contents(second, "headlines.raw") == [], "nothing was written"


async def test_what_could_not_be_asked_is_said_before_anything_is_written(
    kafka: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = await begun(kafka, prefix, "a")
    second, _ = await begun(kafka, prefix, "b")

    async def found(_: Settings) -> Publishers:
        return Publishers([], ["strange", ""])

    monkeypatch.setattr(run, "publishers", found)
    said: list[str] = []

    class Heard(Exception):  # noqa: N818 - the end of the test
        pass

    def say(text: str) -> None:
        said.append(text)
        raise Heard

    with pytest.raises(Heard):
        await hand_over(first, second, 0, say)
    assert "strange, (no prefix)" in said[0]
    assert "READ" in said[0]
    assert await contents(second, "headlines.raw") == []
