"""The executor seam: where rollouts are played. Local processes now; a cluster engine fits behind the same method.

Work is a picklable opener: entered once per worker, where it loads weights, it gives a
function from a task to a stream of results. Tasks and results are plain data.
"""

import multiprocessing
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol, TypeVar

from agent.errors import UserError
from games.errors import UserError as GameUserError

Task = TypeVar("Task")
Result = TypeVar("Result")

Work = Callable[[], AbstractContextManager[Callable[[Task], Iterable[Result]]]]


class Executor(Protocol):
    """Runs tasks somewhere."""

    def run(self, work: Work[Task, Result], tasks: Iterable[Task | None]) -> Iterator[Result]:
        """Results of all tasks, in the order in which they come.

        A None among the tasks says that the next one hinges on results that are still to come: it is asked for again
        when the caller has taken another result.

        Raises:
            UserError: what the worker said is the user's to mend.
            WorkerFailed: a worker raised anything else, or died.
        """
        ...


class WorkerFailed(Exception):
    """A worker process raised or died; the message holds its traceback."""


class InlineExecutor:
    """Runs everything in this process, one task after the other."""

    def run(self, work: Work[Task, Result], tasks: Iterable[Task | None]) -> Iterator[Result]:
        """See `Executor.run`."""
        with work() as answer:
            for task in tasks:
                if task is not None:
                    yield from answer(task)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessExecutor:
    """Runs tasks in processes of this machine, each with weights of its own.

    Attributes:
        workers: how many processes.
    """

    workers: int

    def run(self, work: Work[Task, Result], tasks: Iterable[Task | None]) -> Iterator[Result]:
        """See `Executor.run`. The processes end with the iterator, also when it is given up early."""
        waiting = iter(tasks)
        with ExitStack() as stack:
            idle = [stack.enter_context(_Worker(work)) for _ in range(self.workers)]
            busy: dict[Connection, _Worker] = {}
            while True:
                while idle and (task := next(waiting, None)) is not None:
                    worker = idle.pop()
                    worker.give(task)
                    busy[worker.pipe] = worker
                if not busy:
                    return
                for pipe in wait(list(busy)):
                    assert isinstance(pipe, Connection)
                    kind, value = busy[pipe].take()
                    if kind == "result":
                        yield value
                    else:
                        idle.append(busy.pop(pipe))


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, work: Work[Any, Any]) -> None:
        context = multiprocessing.get_context("spawn")  # weights and threads do not survive a fork
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(work, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> "_Worker":
        return self

    def __exit__(self, *exception: object) -> None:
        self.pipe.close()
        self._process.join(timeout=0.2)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def give(self, task: object) -> None:
        """Hands over a task."""
        try:
            self.pipe.send(task)
        except OSError:
            self.take()  # it died while it was idle, and may have said why

    def take(self) -> tuple[str, Any]:
        """The next message: ("result", …) or ("done", None)."""
        try:
            kind, value = self.pipe.recv()
        except (EOFError, OSError):
            self._process.join()
            raise WorkerFailed(
                f"a worker process ended with code {self._process.exitcode} before its task was done"
            ) from None
        if kind == "user_error":
            raise UserError(value)
        if kind == "failed":
            raise WorkerFailed(f"a worker process failed:\n{value}")
        return kind, value


def _serve(work: Work[Any, Any], pipe: Connection) -> None:
    """A worker's life: tasks in, results out, until the other end closes the pipe."""
    try:
        with work() as answer:
            while True:
                task = pipe.recv()
                for result in answer(task):
                    pipe.send(("result", result))
                pipe.send(("done", None))
    except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        return
    except (UserError, GameUserError) as error:
        pipe.send(("user_error", str(error)))
    except Exception:  # noqa: BLE001 - told to the parent, which raises it
        pipe.send(("failed", traceback.format_exc()))
