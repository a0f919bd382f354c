"""The chat completions interface: what clients may ask, and that many of them can ask at once."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from agent.config import AgentConfig
from agent.decision import Decision, Usage
from agent.errors import UserError
from agent.models.language_model import Sampling
from agent.models.scripted import ScriptedModel
from agent.trace import Trace
from agent.transcript import Message
from ludens.serve.desk import Desk
from ludens.serve.server import app, desk

CONFIG = AgentConfig(embedder="none", assisted_reading=False, max_reply_tokens=30)


@pytest.fixture
def client() -> Iterator[TestClient]:
    model = ScriptedModel(lambda messages, grammar, sampling: f"{messages[-1].content} {sampling.max_tokens}")
    with desk(model, CONFIG) as served, TestClient(app(served, CONFIG)) as opened:
        yield opened


def ask(client: TestClient, content: object = "hello", **more: object) -> dict:
    return client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": content}], **more}).json()


def test_a_reply_has_the_shape_that_clients_expect(client: TestClient) -> None:
    reply = ask(client, model="ludens-bare")
    assert reply["object"] == "chat.completion"
    assert reply["choices"][0]["message"] == {"role": "assistant", "content": "hello 30"}
    assert reply["choices"][0]["finish_reason"] == "stop"
    assert reply["usage"]["total_tokens"] == reply["usage"]["prompt_tokens"] + reply["usage"]["completion_tokens"]


def test_the_agent_keeps_the_form_that_the_prompt_asks_for(client: TestClient) -> None:
    reply = ask(client, 'Answer with "GUESS: <word>", one word and nothing else. The clue is: it barks.')
    assert reply["choices"][0]["message"]["content"].startswith("GUESS: ")
    assert reply["ludens"]["trace"]["events"]


def test_limits_may_come_by_either_name_and_text_in_parts(client: TestClient) -> None:
    parts = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    for name in ("max_tokens", "max_completion_tokens"):
        reply = ask(client, parts, model="ludens-bare", **{name: 7})
        assert reply["choices"][0]["message"]["content"] == "one\ntwo 7"


def test_a_stream_says_the_same_and_ends(client: TestClient) -> None:
    body = {"model": "ludens-bare", "stream": True, "messages": [{"role": "user", "content": "hi"}]}
    lines = client.post("/v1/chat/completions", json=body).text.strip().split("\n\n")
    assert lines[-1] == "data: [DONE]"
    assert '"content": "hi 30"' in lines[0]


def test_the_models_are_listed(client: TestClient) -> None:
    assert [each["id"] for each in client.get("/v1/models").json()["data"]] == ["ludens", "ludens-bare"]
    assert client.get("/health").json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"model": "gpt"}, 404, "ludens-bare"),
        ({"n": 2}, 400, "seeds"),
        ({"tools": [{}]}, 400, "Tools"),
        ({"messages": []}, 400, "messages"),
        ({"max_tokens": 0}, 400, "max_tokens"),
        ({"messages": [{"role": "tool", "content": "x"}]}, 400, "tool"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400, "text"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, 400, "last message"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence(
    client: TestClient, change: dict, status: int, word: str
) -> None:
    body = {"messages": [{"role": "user", "content": "hello"}], **change}
    refusal = client.post("/v1/chat/completions", json=body)
    assert refusal.status_code == status
    assert word in refusal.json()["error"]["message"]
    assert ask(client, model="ludens-bare")["choices"], "the server lives on"


def decide(transcript: Sequence[Message]) -> Decision:
    if transcript[-1].content == "bad":
        raise UserError("bad request")
    return Decision(reply=transcript[-1].content, trace=Trace(), usage=Usage())


def test_many_clients_are_answered_each_with_its_own_reply() -> None:
    sizes: list[int] = []
    go = threading.Event()

    def answer(transcripts: Sequence[Sequence[Message]], sampling: Sampling) -> list[Decision]:
        go.wait(10)
        sizes.append(len(transcripts))
        return [decide(each) for each in transcripts]

    with Desk({"p": answer}, batch=4) as served, ThreadPoolExecutor(16) as clients:
        texts = [str(number) if number != 5 else "bad" for number in range(16)]
        asked = [served.ask("p", (Message(role="user", content=text),), Sampling(max_tokens=3)) for text in texts]
        go.set()
        results = list(clients.map(lambda future: future.exception() or future.result().reply, asked))
    assert [result for text, result in zip(texts, results, strict=True) if text != "bad"] == [
        text for text in texts if text != "bad"
    ]
    assert isinstance(results[5], UserError)
    assert max(sizes) > 1, "requests that wait together are answered together"
