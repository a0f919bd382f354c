"""An adapter in llama.cpp's form: the same numbers under other names, query and key rows rearranged."""

import json
from pathlib import Path

import gguf
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from safetensors.numpy import save_file

from agent.errors import UserError
from agent.models.locate import embedded_gguf
from agent.models.lora_gguf import read_adapter, write_lora_gguf
from agent.models.safetensors_file import SafetensorsFile

WIDTH, HEADS, RANK = 8, 2, 2
Q = "base_model.model.model.layers.0.self_attn.q_proj.lora_"
V = "base_model.model.model.layers.0.self_attn.v_proj.lora_"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    writer = gguf.GGUFWriter(str(tmp_path / "base.gguf"), "llama")
    writer.add_block_count(1)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    for name in ("attn_q", "attn_v"):
        writer.add_tensor(f"blk.0.{name}.weight", np.zeros((WIDTH, WIDTH), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return tmp_path / "base.gguf"


def adapter(folder: Path, tensors: dict[str, np.ndarray], **about: object) -> Path:
    folder.mkdir(exist_ok=True)
    save_file(tensors, folder / "adapter_model.safetensors")
    settings = {"r": RANK, "lora_alpha": 6, "bias": "none", "base_model_name_or_path": "base.gguf"} | about
    (folder / "adapter_config.json").write_text(json.dumps(settings))
    return folder


def factors() -> dict[str, np.ndarray]:
    rows = np.repeat(np.arange(WIDTH, dtype=np.float32)[:, None], RANK, axis=1)
    return {
        f"{start}{factor}.weight": value
        for start in (Q, V)
        for factor, value in (("A", np.ones((RANK, WIDTH), dtype=np.float32)), ("B", rows))
    }


def test_rows_of_queries_change_places_and_others_do_not(base: Path, tmp_path: Path):
    target = tmp_path / "adapter.gguf"
    assert write_lora_gguf(adapter(tmp_path / "a", factors()), base, target).rank == RANK
    reader = gguf.GGUFReader(str(target))
    found = {tensor.name: np.array(tensor.data) for tensor in reader.tensors}
    assert found["blk.0.attn_q.weight.lora_b"][:, 0].tolist() == [0, 2, 1, 3, 4, 6, 5, 7]
    assert found["blk.0.attn_v.weight.lora_b"][:, 0].tolist() == list(range(WIDTH))
    assert reader.fields["adapter.lora.alpha"].contents() == 6.0
    again = tmp_path / "again.gguf"
    write_lora_gguf(tmp_path / "a", base, again)
    assert again.read_bytes() == target.read_bytes()


@pytest.mark.parametrize("unusual", [{"use_dora": True}, {"bias": "all"}, {"modules_to_save": ["lm_head"]}, {"r": 0}])
def test_adapters_of_other_kinds_are_refused(base: Path, tmp_path: Path, unusual: dict[str, object]):
    with pytest.raises(UserError):
        write_lora_gguf(adapter(tmp_path / "a", factors(), **unusual), base, tmp_path / "x.gguf")
    assert not list(tmp_path.glob("x.gguf*"))


def test_half_an_adapter_is_refused(base: Path, tmp_path: Path):
    half = {name: value for name, value in factors().items() if not name.endswith("q_proj.lora_B.weight")}
    with pytest.raises(UserError, match="lacks"):
        write_lora_gguf(adapter(tmp_path / "a", half), base, tmp_path / "x.gguf")


@settings(deadline=None)
@given(values=arrays.arrays(np.float32, (3, 2), elements=st.floats(-6e4, 6e4, width=32)))
def test_safetensors_are_read_as_they_were_written(values: np.ndarray, tmp_path_factory: pytest.TempPathFactory):
    place = tmp_path_factory.mktemp("s") / "x.safetensors"
    save_file({"b": values, "a": values[:1].astype(np.float16)}, place)
    found = dict(SafetensorsFile(place).tensors())
    assert list(found) == ["a", "b"]
    np.testing.assert_array_equal(found["b"], values)
    np.testing.assert_array_equal(found["a"], values[:1].astype(np.float16).astype(np.float32))


@pytest.mark.parametrize(
    "mess", [b"", b"\xff" * 20, b"\x02" + b"\0" * 7 + b"[]", b"\x10" + b"\0" * 7 + b'{"a":{"dtype":1}']
)
def test_damaged_safetensors_are_refused(tmp_path: Path, mess: bytes):
    (tmp_path / "x.safetensors").write_bytes(mess)
    with pytest.raises(UserError, match="no sound safetensors"):
        SafetensorsFile(tmp_path / "x.safetensors")


@pytest.mark.model
def test_an_adapter_over_the_embedded_model_changes_what_it_says(tmp_path: Path):
    from agent.models.llamacpp import LlamaCppModel
    from agent.transcript import Message

    rng = np.random.default_rng(3)
    tensors = {
        f"base_model.model.model.layers.{layer}.self_attn.v_proj.lora_{factor}.weight": (
            rng.standard_normal((RANK, 576) if factor == "A" else (192, RANK)) * 0.3
        ).astype(np.float32)
        for layer in range(30)
        for factor in "AB"
    }
    write_lora_gguf(adapter(tmp_path / "a", tensors), embedded_gguf(), tmp_path / "a.gguf")
    assert read_adapter(tmp_path / "a").alpha == 6
    asked = (Message(role="user", content="Name a colour."),)
    plain, adapted = (LlamaCppModel(embedded_gguf(), adapter=each) for each in (None, tmp_path / "a.gguf"))
    try:
        assert plain.score(asked, [" red", " blue"]) != adapted.score(asked, [" red", " blue"])
        assert "a.gguf" in adapted.name
    finally:
        plain.close()
        adapted.close()
    with pytest.raises(UserError, match="no LoRA adapter"):
        LlamaCppModel(embedded_gguf(), adapter=embedded_gguf())
