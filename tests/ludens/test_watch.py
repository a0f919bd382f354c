"""A game watched while it is played, and a person's seat in it."""

import shutil
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from games import school
from games.arena import Row, find_games
from games.arena.harness import load_clemcore
from games.catalogue import find_game
from games.errors import UserError
from ludens.play import Request
from ludens.watch.server import app
from ludens.watch.table import Moment, Table

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def lay(name: str, *, seat: int | None = None) -> Table:
    """A table where a scripted expert plays, with a person's seat if one is asked for."""
    load_clemcore()
    from games.scripted import expert_model

    (game,) = find_games().select([find_game(name).name])
    (drawn,) = school.rows(name, count=1, seed=3)
    row = Row(experiment=drawn["experiment"], game_instance=drawn["game_instance"], origin="drawn")
    expert = expert_model()
    players = game.players
    table = Table(
        game,
        row,
        lambda person: [person if place == seat else expert for place in range(players)],
        label="expert",
        seat=seat,
    )
    table.start()
    return table


NONSENSE = "this is no legal reply at all"


def until(table: Table, wanted: Any, *, reply: str = "") -> Moment:
    """The first moment of a kind; whoever is asked on the way says `reply`."""
    moment = Moment()
    for _ in range(20):
        moment = table.after(moment.version, patience_s=10)
        if wanted(moment):
            return moment
        if moment.wanted is not None and reply:
            table.say(reply)
    raise AssertionError(f"it never came to that: {moment}")


def test_every_turn_is_published_and_the_end_is_scored() -> None:
    table = lay("map")
    last = until(table, lambda moment: moment.done)
    assert last.episode is not None
    assert last.episode["summary"]["status"] == "played"
    assert last.episode["summary"]["quality"] == 100
    assert last.version > len(last.episode["steps"]) > 1
    assert last.wanted is None
    table.close()


def test_a_person_speaks_and_sees_no_secret_before_the_end() -> None:
    table = lay("taboo", seat=1)
    asked = until(table, lambda moment: moment.wanted is not None)
    assert asked.wanted
    assert asked.episode is not None
    assert asked.episode["steps"] == []
    assert asked.episode["instance"] == {}
    assert table.say(NONSENSE)
    ended = until(table, lambda moment: moment.done, reply=NONSENSE)
    assert ended.episode is not None
    assert ended.episode["summary"]["status"] == "aborted"
    assert [step["player"] for step in ended.episode["steps"]][:2] == ["Player 1", "Player 2"]
    assert ended.episode["instance"]
    table.close()


def test_nobody_can_speak_out_of_turn() -> None:
    table = lay("map")
    until(table, lambda moment: moment.done)
    assert not table.say("me first")
    table.close()


def test_leaving_ends_the_game() -> None:
    table = lay("taboo", seat=0)
    until(table, lambda moment: moment.wanted is not None)
    table.close()
    assert not any(thread.name == "ludens-table" and thread.is_alive() for thread in threading.enumerate())


def test_an_unknown_seat_is_refused() -> None:
    from ludens.watch.host import table

    with pytest.raises(UserError, match="seat B"), table(Request(games=("map",), instances=1), seat="B"):
        pass


@pytest.fixture
def served() -> Iterator[TestClient]:
    table = lay("taboo", seat=1)
    with TestClient(app(table, name="taboo"), base_url="http://127.0.0.1") as client:
        yield client
    table.close()


def test_the_server_hands_out_moments_and_takes_replies(served: TestClient) -> None:
    page = served.get("/")
    assert page.status_code == 200
    assert "connect-src 'self'" in page.text
    moment: dict[str, Any] = {"version": 0, "done": False}
    while not moment["done"]:
        moment = served.get(f"/moment?after={moment['version']}").json()
        if moment["wanted"] is not None:
            assert served.post("/say", json={"text": NONSENSE}).json() == {"said": True}
    assert moment["episode"]["steps"][-1]["reply"] == NONSENSE
    assert served.post("/say", json={"text": "too late"}).status_code == 409


def test_other_sites_and_other_hosts_are_refused(served: TestClient) -> None:
    assert served.get("/", headers={"host": "elsewhere.example"}).status_code == 400
    foreign = {"origin": "http://elsewhere.example"}
    assert served.post("/say", json={"text": "x"}, headers=foreign).status_code == 403
    assert served.post("/say", json={"text": "x" * 30_000}).status_code == 422


def test_a_person_plays_in_the_browser() -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if BROWSER is None:
        pytest.skip("no Chromium on this machine")
    from ludens.watch.host import serve

    table = lay("taboo", seat=1)
    address: list[str] = []
    thread = threading.Thread(
        target=serve, args=(table,), kwargs={"name": "taboo", "port": 0, "ready": address.append}, daemon=True
    )
    thread.start()
    while not address:
        time.sleep(0.05)
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        tab = chromium.new_page()
        tab.goto(address[0])
        for outcome in (".step >> nth=0", ".head .aborted"):  # this table's rules allow one correction
            tab.fill(".seat textarea", "<b>not legal</b>")
            tab.click(".seat button")
            tab.wait_for_selector(outcome)
        assert tab.inner_text(".step .said >> nth=-1") == "<b>not legal</b>"
        chromium.close()
    table.close()
