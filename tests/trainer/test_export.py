"""What a run gives away: it plays as the trained weights do, in every form."""

import numpy as np
import pytest

from agent.errors import UserError
from agent.models.language_model import Sampling
from agent.models.locate import load
from agent.transcript import Message
from trainer.export import base_model_of, export_adapter, export_directory, export_gguf, gguf_of, weights_of
from trainer.export_gguf import _permuted
from trainer.lora import name_base, open_trainable
from trainer.run_config import Adapter, Compute

ASKED = [Message(role="user", content="Name three animals that live in the sea, with a sentence about each.")]
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


def played(spec, tokens=24):
    model = load(str(spec))
    try:
        return model.complete(ASKED, None, Sampling(max_tokens=tokens)).text, model.score(ASKED, CANDIDATES)
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


@pytest.mark.model
@pytest.mark.slow
def test_merged_weights_and_ggufs_reply_alike(tmp_path):
    model, _ = open_trainable("embedded", Adapter(rank=4, alpha=8), Compute(device="cpu"), adapter_from=None, seed=0)
    nudged(model).save_pretrained(tmp_path / "adapter")
    name_base(tmp_path / "adapter", "embedded")
    export_directory(tmp_path / "adapter", tmp_path / "merged", number="float32")
    text, scores = played(tmp_path / "merged")
    assert text != played("embedded")[0]  # the adapter does something
    for encoding, apart in (("f16", 0.1), ("q8_0", 0.5)):
        file = export_gguf(tmp_path / "adapter", tmp_path / f"{encoding}.gguf", encoding=encoding)
        said, scored = played(file)
        assert np.abs(np.array(scored) - scores).max() < apart
        if encoding == "f16":
            assert said == text
    in_training = gguf_of(model, "embedded", tmp_path / "now.gguf", encoding="f16")
    # While it is trained, the base is held in bf16, so that close calls may fall otherwise; scores hardly differ.
    assert np.abs(np.array(played(in_training, 1)[1]) - scores).max() < 0.5
