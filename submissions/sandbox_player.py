"""Runs as a script inside the walls: opens a bundle as clemcore would, and answers transcripts over a pipe.

Uses the standard library and clemcore only; everything else comes from the bundle, through its backend file and its
registry. One JSON object a line each way. Whoever asks and judges sits in another process, which runs no line of the
bundle.

| asked | answered |
|---|---|
| `{"open": NAME, "settings": {…}}` | `{"opened": NAME, "seconds": s}`: the registry's model, settings added |
| `{"ask": NAME, "messages": […]}` | `{"reply": text, "seconds": s, "late": bool}` |
| anything that fails | `{"error": one line}` |
"""

import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any


class Desk:
    """The models of one bundle, by the names they were opened under."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._models: dict[str, Any] = {}
        self._backend: Any = None
        self._spec: Any = None

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What is answered to one request."""
        began = time.monotonic()
        if "open" in asked:
            self._models[asked["open"]] = self._opened(asked["settings"])
            return {"opened": asked["open"], "seconds": time.monotonic() - began, "python": sys.version.split()[0]}
        _, response, reply = self._models[asked["ask"]].generate_response(asked["messages"])
        if not isinstance(reply, str):
            raise TypeError(f"the reply is {type(reply).__name__}, not text")
        return {"reply": reply, "seconds": time.monotonic() - began, "late": _was_late(response)}

    def _opened(self, settings: dict[str, Any]) -> Any:
        from clemcore.backends import BackendRegistry, ModelRegistry, ModelSpec

        bundle = Path(self._order["bundle"])
        if self._backend is None:
            registry = ModelRegistry.from_json_file(bundle / self._order["registry"])
            self._spec = registry.get_first_model_spec_that_unify_with(self._order["model_name"])
            self._backend = BackendRegistry.from_directory(bundle).get_backend_for(self._spec.backend)
        content = self._spec.to_dict()
        content["model_config"] = {**content.get("model_config", {}), **settings}
        model = self._backend.get_model_for(ModelSpec.from_dict(content))
        model.set_gen_args(temperature=self._order["temperature"], max_tokens=self._order["max_tokens"])
        return model


def serve(desk: Desk, asked_on: int, answered_on: int) -> None:
    """Answers until nobody asks any more."""
    with os.fdopen(asked_on, "r", encoding="utf-8") as requests, os.fdopen(answered_on, "w", encoding="utf-8") as out:
        for line in requests:
            try:
                answer = desk.answer(json.loads(line))
            except Exception as error:  # noqa: BLE001 - whatever the bundle raises is its answer
                traceback.print_exc()
                answer = {"error": f"{type(error).__name__}: {error}"[:1000]}
            out.write(json.dumps(answer) + "\n")
            out.flush()


def _was_late(response: Any) -> bool:
    """Whether the agent's own trace says that it hurried."""
    try:
        return any(event.get("kind") == "hurried" for event in response["trace"]["events"])
    except (KeyError, TypeError, AttributeError):
        return False


if __name__ == "__main__":
    ORDER = json.loads(sys.argv[1])
    serve(Desk(ORDER), ORDER["asked_on"], ORDER["answered_on"])
