"""What a run gives away: it plays as the trained weights do, in every form."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from agent.errors import UserError
from agent.models import locate
from agent.models.language_model import Sampling
from agent.models.locate import load
from agent.transcript import Message
from trainer.export import base_model_of, export_adapter, export_directory, export_gguf, gguf_of, weights_of
from trainer.export_gguf import _permuted
from trainer.lora import name_base, open_trainable
from trainer.run_config import Adapter, Compute

ROOT = Path(__file__).parents[2]
TOKENS = 24
ASKED = [
    "Name three animals that live in the sea, with a sentence about each.",
    "Describe the word rain without saying water.",
    "You are in a kitchen. A door leads north. Where do you go? Begin with GO:",
    "Which is the odd one out: plum, chair, pear?",
    "Count from one to ten.",
    "Write a rhyme about a cat.",
]
CANDIDATES = ["whale", "Dolphins are", "1. The", "I cannot"]


def nudged(model, seed=1):
    """An adapter that does something: its second half is drawn anew."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                weight.copy_(0.02 * torch.randn(weight.shape, generator=generator))
    return model


def replies(spec, tokens=TOKENS):
    """(greedy replies to what is asked, scores of the candidates after the first question)."""
    model = load(str(spec))
    chats = [[Message(role="user", content=text)] for text in ASKED]
    try:
        said = [model.complete(chat, None, Sampling(max_tokens=tokens)).text for chat in chats]
        return said, model.score(chats[0], CANDIDATES)
    finally:
        close = getattr(model, "close", None)
        if close is not None:
            close()


def test_rows_change_places_pairwise():
    rows = np.arange(8, dtype=np.float32)[:, None]
    assert _permuted(rows, 2)[:, 0].tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


def test_the_adapter_is_exported_alone_and_names_its_base(tiny_model, tmp_path):
    model, _ = open_trainable(
        str(tiny_model), Adapter(rank=2, alpha=4), Compute(device="cpu"), adapter_from=None, seed=0
    )
    model.save_pretrained(tmp_path / "run" / "final")
    name_base(tmp_path / "run" / "final", str(tiny_model))
    place = weights_of(tmp_path / "run")
    export_adapter(place, tmp_path / "adapter")
    assert base_model_of(tmp_path / "adapter") == str(tiny_model)
    assert {file.name for file in (tmp_path / "adapter").iterdir()} == {
        "adapter_config.json",
        "adapter_model.safetensors",
    }


def test_merged_weights_play_as_base_and_adapter_do(tiny_model, tmp_path):
    import torch
    from transformers import AutoModelForCausalLM

    model, _ = open_trainable(
        str(tiny_model),
        Adapter(rank=2, alpha=4),
        Compute(device="cpu", precision="fp32"),
        adapter_from=None,
        seed=0,
    )
    nudged(model).save_pretrained(tmp_path / "adapter")
    export_directory(tmp_path / "adapter", tmp_path / "merged", number="float32")
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "merged")
    ids = torch.arange(5, 25)[None]
    with torch.no_grad():
        model.eval()
        assert torch.allclose(merged(ids).logits, model(ids).logits, atol=1e-4)
        with model.disable_adapter():
            assert not torch.allclose(merged(ids).logits, model(ids).logits, atol=1e-2)


def test_places_without_weights_and_models_without_a_gguf_are_refused(tiny_model, tmp_path):
    with pytest.raises(UserError, match="no weights"):
        weights_of(tmp_path)
    with pytest.raises(UserError, match="no adapter"):
        export_adapter(tiny_model, tmp_path / "adapter")
    with pytest.raises(UserError, match="--like"):
        export_gguf(tiny_model, tmp_path / "model.gguf")
    (tmp_path / "not.gguf").write_bytes(b"nonsense")
    with pytest.raises(UserError, match="GGUF"):
        export_gguf(tiny_model, tmp_path / "model.gguf", like=tmp_path / "not.gguf")


@pytest.mark.model
def test_a_gguf_of_another_model_is_refused(tiny_model, tmp_path):
    from agent.models.locate import embedded_gguf

    with pytest.raises(UserError, match="another model"):
        export_gguf(tiny_model, tmp_path / "model.gguf", like=embedded_gguf())


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """(adapter in training, its folder, its merged weights) of the embedded model."""
    place = tmp_path_factory.mktemp("trained")
    model, _ = open_trainable("embedded", Adapter(rank=4, alpha=8), Compute(device="cpu"), adapter_from=None, seed=0)
    nudged(model).save_pretrained(place / "adapter")
    name_base(place / "adapter", "embedded")
    export_directory(place / "adapter", place / "merged", number="float32")
    return model, place / "adapter", place / "merged"


@pytest.fixture(scope="module")
def reference(trained):
    """What the merged weights say and score through transformers."""
    return replies(trained[2])


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.parametrize(("encoding", "apart"), [("f16", 0.1), ("q8_0", 0.5)])
def test_ggufs_reply_as_the_merged_weights_do(trained, reference, tmp_path, encoding, apart):
    """Greedy replies are the same where nothing was rounded away.

    f16 holds what the merged weights hold, all but the last bits: every reply is the same. In q8_0 each number is off
    by up to 0.4% of the greatest in its block, and llama.cpp rounds what is multiplied with such weights to eight bits,
    too, so that close calls fall otherwise: half of the replies are the same (3 of 6 when this was written, also beside
    the same file put back into full numbers and played through transformers), and scores of whole answers are near.
    """
    file = export_gguf(trained[1], tmp_path / f"{encoding}.gguf", encoding=encoding)
    said, scored = replies(file)
    assert np.abs(np.array(scored) - reference[1]).max() < apart
    alike = sum(one == other for one, other in zip(said, reference[0], strict=True))
    assert alike == len(said) if encoding == "f16" else alike >= len(said) / 2
    assert said != replies("embedded")[0]  # the adapter does something
    if encoding == "q8_0":
        restored, rescored = replies(f"transformers:{file}")
        assert np.abs(np.array(scored) - rescored).max() < apart
        assert sum(one == other for one, other in zip(said, restored, strict=True)) >= len(said) / 2


@pytest.mark.model
@pytest.mark.slow
def test_the_weights_in_training_are_written_as_they_are(trained, reference, tmp_path):
    file = gguf_of(trained[0], "embedded", tmp_path / "now.gguf", encoding="f16")
    # While it is trained, the base is held in bf16, so that close calls may fall otherwise; scores hardly differ.
    assert np.abs(np.array(replies(file, tokens=1)[1]) - reference[1]).max() < 0.5


@pytest.mark.model
@pytest.mark.slow
def test_an_adapters_folder_is_played_without_the_training_libraries(trained, reference):
    """As on a machine on which only what playing needs is installed."""
    code = (
        "import json, sys\n"
        "for name in ('torch', 'transformers', 'peft', 'safetensors', 'trl', 'datasets', 'accelerate'):\n"
        "    sys.modules[name] = None\n"
        "from agent.models.language_model import Sampling\n"
        "from agent.models.locate import load\n"
        "from agent.transcript import Message\n"
        "model, asked = load(sys.argv[1]), json.loads(sys.argv[2])\n"
        "chats = [[Message(role='user', content=text)] for text in asked]\n"
        f"said = [model.complete(chat, None, Sampling(max_tokens={TOKENS})).text for chat in chats]\n"
        f"print(json.dumps([said, model.score(chats[0], {CANDIDATES!r})]))"
    )
    command = [sys.executable, "-c", code, str(trained[1]), json.dumps(ASKED)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    said, scored = json.loads(done.stdout.splitlines()[-1])
    # The base is held in four bits or in bf16 here, the factors of the adapter as they were saved.
    assert np.abs(np.array(scored) - reference[1]).max() < 0.5
    assert said != replies("embedded")[0]


def test_each_form_is_opened_by_the_backend_for_it(tiny_model, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(
        locate, "_backend", lambda module, *_: lambda spec, **options: opened.append((module, str(spec), options))
    )
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": str(tiny_model)}))
    for spec in (tiny_model, adapter, tmp_path / "weights.gguf"):
        load(str(spec))
    assert opened == [
        ("agent.models.hf", str(tiny_model), {}),
        ("agent.models.hf", str(tiny_model), {"adapter": str(adapter)}),
        ("agent.models.llamacpp", str(tmp_path / "weights.gguf"), {}),
    ]


def test_an_adapter_whose_base_is_gone_is_refused(tmp_path):
    (tmp_path / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "/gone/base.gguf"}))
    with pytest.raises(UserError, match="which is not here"):
        load(str(tmp_path))
