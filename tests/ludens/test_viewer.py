"""The viewer: what it shows of an episode, and the page in a real browser."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from games import school
from games.arena import EpisodeStore, Row, find_games
from games.arena import play as play_game
from games.arena.harness import load_clemcore
from games.catalogue import find_game
from games.errors import UserError
from ludens.viewer.page import episode_data, pack, write
from ludens.viewer.pictures import pictures, transcripts
from ludens.viewer.record import Step, view

HOSTILE = "</script><img src=x onerror=\"document.title='owned'\"><b>bold</b> \x1b[31mred\x1b[0m \u202egnp.exe"
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three games played by the scripted expert under two labels."""
    load_clemcore()
    from games.scripted import blunder_model, expert_model

    folder = tmp_path_factory.mktemp("viewer") / "run"
    with EpisodeStore.open(folder, config={"about": HOSTILE}, seed=7, versions={"ludens": "test"}) as store:
        for name in ("map", "imagegame", "taboo"):
            (game,) = find_games().select([find_game(name).name])
            rows = [
                Row(
                    experiment=row["experiment"],
                    game_instance=row["game_instance"],
                    origin="drawn",
                )
                for row in school.rows(name, count=2, seed=7)
            ]
            play_game(game, rows, [expert_model()], label="ludens", store=store)
            play_game(game, rows, [blunder_model("form.missing")], label="bare", store=store)
    return folder


@pytest.fixture(scope="module")
def page(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of that run, one reply of it made hostile."""
    folder = tmp_path_factory.mktemp("hostile") / "run"
    shutil.copytree(run, folder)
    with sqlite3.connect(folder / "episodes.sqlite") as database:
        text = database.execute("SELECT interactions FROM episodes WHERE game = 'ludens_taboo'").fetchone()[0]
        log = json.loads(text)
        next(event for event in log["turns"][0] if event["from"] == "Player 1")["action"]["content"] = HOSTILE
        database.execute("UPDATE episodes SET interactions = ? WHERE game = 'ludens_taboo'", (json.dumps(log),))
    out = folder / "view.html"
    assert write(folder, out) == 12
    return out


def bodies(folder: Path, **which: Any) -> list[dict[str, Any]]:
    with EpisodeStore.join(folder) as store:
        return [episode_data(episode) for episode in store.episodes(**which)]


def test_every_reply_is_a_step_with_what_was_heard_before_it(run: Path) -> None:
    with EpisodeStore.join(run) as store:
        for episode in store.episodes():
            shown = view(episode)
            replies = [
                event["action"]["content"]
                for events in episode.interactions["turns"]
                for event in events
                if event["from"].startswith("Player")
            ]
            assert [step.reply for step in shown.steps] == replies
            assert shown.summary.steps == len(replies) > 0
            assert all(step.heard for step in shown.steps)
            assert {step.player for step in shown.steps} <= set(shown.roles)


def test_a_map_grows_with_the_walk(run: Path) -> None:
    for body in bodies(run, game="ludens_map", label="ludens"):
        known = [len(step["picture"]["map"]["seen"]) for step in body["steps"] if "map" in step["picture"]]
        assert known == sorted(known)
        assert known[-1] > 2
        places = body["places"]["Player 1"]
        last = body["steps"][-1]["picture"]["map"]
        assert all(0 <= place < len(places) for place in last["seen"])
        assert len({tuple(place[:2]) for place in places}) == len(places), "two places lie on one another"


def test_boards_are_drawn_as_grids(run: Path) -> None:
    for body in bodies(run, game="ludens_imagegame", label="ludens"):
        boards = [board for step in body["steps"] for text in step["picture"].get("heard", ()) for board in text]
        assert boards
        assert all(len({len(row.split("\t")) for row in board}) == 1 for board in boards)


def test_messages_that_a_harness_did_not_keep_are_left_out_of_later_transcripts() -> None:
    def step(heard: str, reply: str, history: int) -> Step:
        return Step(player="P", role="", round=0, heard=(heard,), reply=reply, history=history)

    said = [step("rules", "a", 1), step("probe", "b", 3), step("go on", "c", 3)]
    assert [[message.content for message in each] for each in transcripts(said)] == [
        ["rules"],
        ["rules", "a", "probe"],
        ["rules", "a", "go on"],
    ]


def test_places_that_lie_on_no_grid_are_laid_out_by_springs() -> None:
    def step(heard: str, reply: str) -> Step:
        return Step(player="P", role="", round=0, heard=(heard,), reply=reply)

    rules = 'You explore a house. Reply with "GO: <direction>" to walk, one of north, east, south or west.\n\n'
    places, drawn = pictures(
        [
            step(f"{rules}You are in the Attic. Exits: north, east.", "GO: north"),
            step("You are in the Barn. Exits: east.", "GO: east"),
            step("You are in the Attic. Exits: north, east.", "GO: east"),
            step("You are in the Crypt. Exits: north.", "GO: north"),
        ]
    )
    assert len({tuple(place[:2]) for place in places["P"]}) == len(places["P"]) > 2
    assert drawn[-1]["map"]["seen"]


def test_no_steps_make_no_pictures() -> None:
    assert pictures([]) == ({}, [])


def test_packed_data_cannot_end_a_script() -> None:
    assert "<" not in pack({"text": HOSTILE, "lone": "\ud800"})


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="run"):
        write(tmp_path, tmp_path / "view.html")
    assert not (tmp_path / "view.html").exists()


def test_a_run_of_another_version_is_refused(run: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "run")
    with sqlite3.connect(tmp_path / "run" / "episodes.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    done = subprocess.run(
        [sys.executable, "-m", "ludens", "view", str(tmp_path / "run")], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "version" in done.stderr


def test_a_half_written_page_never_replaces_a_whole_one(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "view.html"
    write(run, out)
    before = out.read_text(encoding="utf-8")
    write(run, out)
    assert out.read_text(encoding="utf-8") == before
    assert list(tmp_path.iterdir()) == [out]


@pytest.fixture
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if BROWSER is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def opened(browser: Any, page: Path) -> tuple[Any, list[str]]:
    faults: list[str] = []
    tab = browser.new_page(viewport={"width": 1400, "height": 900})
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    tab.goto(page.as_uri())
    tab.wait_for_selector("html[data-ready=yes]")
    return tab, faults


def test_the_page_opens_with_its_overview(browser: Any, page: Path) -> None:
    tab, faults = opened(browser, page)
    assert tab.inner_text("#count") == "12 of 12 episodes"
    assert tab.locator("main table tbody tr").count() == 6
    assert tab.locator("svg rect.bar").count() > 0
    assert tab.locator("svg circle.dot").count() == 4, "three games and their total, Ludens against bare"
    assert tab.locator("svg circle.spot").count() == 12
    assert faults == []


def test_a_figure_of_the_overview_leads_to_its_episodes(browser: Any, page: Path) -> None:
    tab, faults = opened(browser, page)
    tab.locator("main tbody tr", has_text="ludens_map").first.click()
    assert tab.inner_text("#count") == "2 of 12 episodes"
    tab.locator("svg circle.spot").first.dispatch_event("click")
    tab.wait_for_selector(".step[aria-current]")
    tab.keyboard.press("o")
    tab.wait_for_selector("svg circle.dot")
    assert faults == []


@pytest.fixture(scope="module")
def grid_page(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run with many players: the same episodes under the names of an ablation."""
    folder = tmp_path_factory.mktemp("grid") / "run"
    shutil.copytree(run, folder)
    with sqlite3.connect(folder / "episodes.sqlite") as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(episodes)")]
        for label, source in (("without map", "bare"), ("only planner", "bare"), ("none", "bare"), ("full", "ludens")):
            values = ", ".join("?" if column == "label" else column for column in columns)
            database.execute(f"INSERT INTO episodes SELECT {values} FROM episodes WHERE label = ?", (label, source))
        database.execute("DELETE FROM episodes WHERE label = 'ludens'")
    out = folder / "view.html"
    write(folder, out)
    return out


def test_many_players_are_a_heat_map_and_any_two_lie_side_by_side(browser: Any, grid_page: Path) -> None:
    tab, faults = opened(browser, grid_page)
    assert [each.inner_text() for each in tab.locator(".heat tbody th").all()] == [
        "full",
        "without map",
        "only planner",
        "none",
        "bare",
    ]
    tab.locator(".heat tbody tr", has_text="full").locator("button").first.click()
    assert tab.inner_text("#count") == "2 of 30 episodes"
    tab.click("#list li")
    tab.wait_for_selector(".step")
    tab.keyboard.press("c")
    tab.wait_for_selector(".side-by-side")
    heads = ".head span:first-of-type"
    assert [each.inner_text() for each in tab.locator(heads).all()] == ["bare", "full"]
    tab.select_option("#rival", "without map")
    tab.wait_for_selector(".head span:text-is('without map')")
    assert [each.inner_text() for each in tab.locator(heads).all()] == ["without map", "full"]
    assert faults == []


def test_hostile_text_is_shown_and_never_run(browser: Any, page: Path) -> None:
    tab, faults = opened(browser, page)
    tab.fill("#search", "onerror")
    tab.wait_for_selector("#count:text-is('4 of 12 episodes')")
    tab.click("#list li")
    shown = tab.inner_text(".step .said >> nth=0")
    assert "</script><img src=x" in shown
    assert "␛[31mred" in shown
    assert "⟨U+202E⟩" in shown
    assert tab.locator("main img").count() == 0
    assert "owned" not in tab.title()
    assert faults == []


def test_keys_slider_and_filters(browser: Any, page: Path) -> None:
    tab, faults = opened(browser, page)
    tab.select_option("#label", "ludens")
    tab.select_option("#game", "ludens_map")
    assert tab.locator("#list li").count() == 2
    tab.keyboard.press("Escape")
    tab.locator("#list").focus()
    tab.keyboard.press("j")
    tab.wait_for_selector(".step[aria-current]")
    tab.keyboard.press("End")
    steps = tab.locator(".step").count()
    assert tab.inner_text(".slider .mono") == f"{steps}/{steps}"
    seen_last = tab.locator("svg.map .place.seen").count()
    tab.locator(".slider input").focus()
    tab.keyboard.press("Home")
    assert tab.inner_text(".slider .mono") == f"1/{steps}"
    assert tab.locator("svg.map .place.seen").count() < seen_last
    assert faults == []


def test_two_players_of_one_instance_side_by_side(browser: Any, page: Path) -> None:
    tab, faults = opened(browser, page)
    tab.click("#list li")
    tab.wait_for_selector(".step")
    tab.click("#to-compare")
    tab.wait_for_selector(".side-by-side")
    assert [each.inner_text() for each in tab.locator(".head span:first-of-type").all()] == ["bare", "ludens"]
    assert faults == []


def test_light_and_dark(browser: Any, page: Path) -> None:
    tab, _ = opened(browser, page)
    ground = "getComputedStyle(document.body).backgroundColor"
    before = tab.evaluate(ground)
    tab.keyboard.press("t")
    assert tab.evaluate(ground) != before
