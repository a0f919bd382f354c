"""The page of a table, served on this machine only.

The browser asks for the next moment and waits for it; a person's reply is posted. Requests
that name another host or come from another site's page are refused, so that no web page
can play along or look on.
"""

from typing import Annotated

from fastapi import Body, FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware

from ludens.viewer.page import FORMAT, html
from ludens.watch.table import Table

MOST_REPLY_CHARACTERS = 20_000


def app(table: Table, *, name: str) -> FastAPI:
    """The server of one table.

    Args:
        table: where the game is played.
        name: shown as the page's title.
    """
    server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    server.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])

    @server.middleware("http")
    async def same_site(request: Request, handle) -> Response:  # pyright: ignore[reportMissingParameterType]
        origin = request.headers.get("origin")
        if origin is not None and origin != f"{request.url.scheme}://{request.headers.get('host')}":
            return Response("This page is not for other sites.", status_code=403)
        return await handle(request)

    @server.get("/", response_class=HTMLResponse)
    def page() -> str:
        index = {"format": FORMAT, "name": name, "episodes": [], "live": True}
        return "".join(html(index, (), live="'self'"))

    @server.get("/moment")
    def moment(after: int = 0) -> dict[str, object]:
        return table.after(after).as_json()

    @server.post("/say")
    def say(text: Annotated[str, Body(embed=True, max_length=MOST_REPLY_CHARACTERS)]) -> dict[str, bool]:
        if not table.say(text):
            raise HTTPException(409, "Nobody waits for a reply just now.")
        return {"said": True}

    return server
