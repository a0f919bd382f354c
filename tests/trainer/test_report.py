import json

import pytest

from agent.errors import UserError
from trainer.report import scores_in, write_report
from trainer.run_config import Adapter, SftConfig, Stopping
from trainer.samples import ChatSample, Origin, chat, write_records

PLAYED = {
    "games": {
        "taboo": {"bare": {"played_pct": 50.0, "quality": 40.0}},
        "map": {"bare": {"played_pct": 0.0, "quality": None}},
    },
    "total": {"bare": {"played_pct": 25.0, "quality": 40.0, "clemscore": 10.0}},
}


def test_scores_are_read_from_what_the_tools_write(tmp_path):
    (tmp_path / "play.json").write_text(json.dumps(PLAYED))
    assert scores_in(tmp_path / "play.json") == {"taboo": 20.0, "map": 0.0, "all games": 10.0, "% played": 25.0}
    (tmp_path / "suites.json").write_text('{"ifeval": 19, "bbh": 5.6}')
    assert scores_in(tmp_path / "suites.json") == {"ifeval": 19.0, "bbh": 5.6}
    columns = ["-, clemscore", "all, Average % Played", "taboo, % Played", "taboo, Quality Score"]
    header = ",".join(["model", *(f'"{column}"' for column in columns)]) + "\n"
    (tmp_path / "results.csv").write_text(header + "ludens,86.6,100,100,50\n")
    assert scores_in(tmp_path / "results.csv") == {"all games": 86.6, "taboo": 50.0}


@pytest.mark.parametrize("text", ["[]", "{}", '{"a": "b"}', "nonsense"])
def test_other_files_are_refused(tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(UserError, match="no scores"):
        scores_in(tmp_path / "x.json")


def test_a_runs_report(tiny_model, tmp_path):
    from trainer.sft import train

    talks = [
        ChatSample(
            messages=chat([("user", f"guess {i}"), ("assistant", "hello")]),
            trained=(1,),
            origin=Origin(game="any", source="expert", episode=str(i)),
        )
        for i in range(40)
    ]
    write_records(tmp_path / "talks.jsonl", talks)
    train(
        SftConfig(
            model=str(tiny_model),
            out=tmp_path / "run",
            budget_tokens=900,
            batch_tokens=128,
            max_tokens=128,
            samples=(tmp_path / "talks.jsonl",),
            adapter=Adapter(rank=2, alpha=2),
            stopping=Stopping(held_out=0.2, every_steps=2),
        )
    )
    (tmp_path / "before.json").write_text(json.dumps(PLAYED))
    (tmp_path / "after.json").write_text('{"all games": 55.5, "ifeval": 20}')
    file = write_report(
        tmp_path / "run", tmp_path / "report", before=[tmp_path / "before.json"], after=[tmp_path / "after.json"]
    )
    text = file.read_text()
    assert "| all games | 10.0 | 55.5 | +45.5 |" in text
    assert "| ifeval |  | 20.0 |  |" in text
    assert "tokens in the ledger" in text and "eval loss" in text
    for name in ("loss.png", "before_after.png"):
        assert (tmp_path / "report" / name).read_bytes().startswith(b"\x89PNG")
        assert f"]({name})" in text


def test_a_run_that_has_not_ended_has_no_report(tmp_path):
    with pytest.raises(UserError, match="no ended run"):
        write_report(tmp_path, tmp_path / "report")
