"""Serving an application on this machine until it is interrupted."""

import socket
from collections.abc import Callable
from typing import Any

from agent.errors import UserError


def listen(application: Any, *, host: str = "127.0.0.1", port: int, ready: Callable[[str], None]) -> None:
    """Serves an ASGI application.

    Args:
        application: what answers.
        host: the address to listen on.
        port: where; 0 for any free port.
        ready: told the address as a URL once the port is taken.

    Raises:
        UserError: the port cannot be used, or the server's packages are not installed.
    """
    try:
        import uvicorn
    except ImportError as error:
        raise UserError("Serving needs uvicorn, which is not installed; pip install 'ludens[web]'.") from error
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise UserError(f"Port {port} cannot be used ({error.strerror}); choose another with --port.") from error
        ready(f"http://{host}:{listener.getsockname()[1]}")
        uvicorn.Server(uvicorn.Config(application, log_level="warning")).run(sockets=[listener])
