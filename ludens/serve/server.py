"""The server: chat completions, the list of models, and a sign of life."""

import json
from asyncio import wrap_future
from collections.abc import Iterator

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse

from agent.agent import Agent
from agent.bare import reply_bare_batch
from agent.config import AgentConfig
from agent.errors import UserError
from agent.models.language_model import LanguageModel, Sampling
from ludens.serve.chat import ChatRequest, completion, pieces
from ludens.serve.desk import Desk

WRAPPED, BARE = "ludens", "ludens-bare"


def desk(model: LanguageModel, config: AgentConfig) -> Desk:
    """The two players of one language model, wrapped and bare."""
    agent = Agent(model, config)
    return Desk(
        {
            WRAPPED: agent.act_batch,
            BARE: lambda transcripts, sampling: reply_bare_batch(model, transcripts, sampling),
        }
    )


def app(served: Desk, config: AgentConfig) -> FastAPI:
    """The server.

    Args:
        served: who answers.
        config: how replies are decoded where a request does not say.
    """
    default = Sampling(max_tokens=config.max_reply_tokens, temperature=config.temperature, seed=config.seed)
    server = FastAPI(title="Ludens", docs_url=None, redoc_url=None)

    @server.exception_handler(UserError)
    async def refused(_: Request, error: Exception) -> Response:
        return _error(400, str(error))

    @server.exception_handler(RequestValidationError)
    async def malformed(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        return _error(400, f"{'.'.join(map(str, first['loc'][1:])) or 'body'}: {first['msg']}.")

    @server.exception_handler(HTTPException)
    async def plain(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return _error(error.status_code, str(error.detail))

    @server.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @server.get("/v1/models")
    async def models() -> dict[str, object]:
        data = [{"id": name, "object": "model", "created": 0, "owned_by": "ludens"} for name in served.names]
        return {"object": "list", "data": data}

    @server.post("/v1/chat/completions")
    async def chat(request: ChatRequest) -> Response:
        if request.model not in served.names:
            raise HTTPException(404, f"There is no model '{request.model}'; ask for {' or '.join(served.names)}.")
        asked = served.ask(request.model, request.transcript(), request.sampling(default))
        decision = await wrap_future(asked)
        if request.stream:
            return StreamingResponse(_stream(pieces(request.model, decision)), media_type="text/event-stream")
        return JSONResponse(completion(request.model, decision))

    return server


def _stream(said: list[dict[str, object]]) -> Iterator[str]:
    for piece in said:
        yield f"data: {json.dumps(piece)}\n\n"
    yield "data: [DONE]\n\n"


def _error(status: int, message: str) -> JSONResponse:
    kind = "invalid_request_error" if status < 500 else "server_error"
    return JSONResponse({"error": {"message": message, "type": kind, "code": None}}, status_code=status)
