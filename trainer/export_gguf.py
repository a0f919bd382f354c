"""Writing a transformers model as a GGUF: another file's metadata and tokenizer around this model's weights.

llama.cpp rotates pairs of neighbouring dimensions where transformers rotates halves, so in architectures of the Llama
kind the rows of the query and key projections change places. Leaving that out still gives readable text; only equal
logits show that it is right.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import gguf
import numpy as np
import numpy.typing as npt
import torch
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter
from transformers import PreTrainedModel

from agent.errors import UserError

Encoding = Literal["f32", "f16", "bf16", "q8_0"]
_TYPES = {
    "f32": GGMLQuantizationType.F32,
    "f16": GGMLQuantizationType.F16,
    "bf16": GGMLQuantizationType.BF16,
    "q8_0": GGMLQuantizationType.Q8_0,
}
_FILE_TYPES = {"f32": 0, "f16": 1, "bf16": 32, "q8_0": 7}  # llama.cpp's numbers
_PERMUTED = {"llama": True, "qwen2": False, "qwen3": False}
_OWN = ("GGUF.", "general.architecture", "general.file_type", "general.quantization_version")


def write_gguf(
    model: PreTrainedModel,
    reference: Path,
    target: Path,
    *,
    encoding: Encoding,
    deltas: Mapping[str, torch.Tensor] | None = None,
) -> None:
    """Writes a model's weights under another file's metadata.

    Args:
        model: the weights; may be wrapped by adapters whose effect is given in `deltas`.
        reference: a GGUF of the same model.
        target: the file to write, all or nothing.
        encoding: number format of the matrices; vectors stay in single precision.
        deltas: what to add to weights, by name.

    Raises:
        UserError: the reference is no GGUF, of an unknown architecture or of another model, or the target cannot be
            written.
    """
    try:
        about = GGUFReader(str(reference))
    except (OSError, ValueError) as error:
        raise UserError(f"{reference} cannot be read as a GGUF ({error}): give one of the same model.") from error
    kind = str(_content(about, "general.architecture"))
    if kind not in _PERMUTED:
        raise UserError(f"Weights of the architecture {kind} cannot be written as a GGUF: export them merged.")
    tensors = _renamed(model, about, kind, deltas or {})
    draft = target.with_name(target.name + ".partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(draft, about, kind, tensors, encoding)
        os.replace(draft, target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise UserError(f"{target} cannot be written ({error.strerror}): choose another place.") from error


def _renamed(
    model: PreTrainedModel, about: GGUFReader, kind: str, deltas: Mapping[str, torch.Tensor]
) -> dict[str, npt.NDArray[np.float32]]:
    """The model's weights under llama.cpp's names, in the order of the reference."""
    config: Any = model.config.get_text_config()
    architecture = next(arch for arch, name in gguf.MODEL_ARCH_NAMES.items() if name == kind)
    names = gguf.get_tensor_name_map(architecture, config.num_hidden_layers)
    wanted = {tensor.name: tuple(int(n) for n in reversed(tensor.shape)) for tensor in about.tensors}
    found: dict[str, npt.NDArray[np.float32]] = {}
    for name, tensor in model.state_dict().items():
        plain = name.replace(".base_layer.", ".")
        new = names.get_name(plain, try_suffixes=(".weight", ".bias"))
        if new is None or new not in wanted or "lora_" in name:
            continue  # adapters, and an output layer that is tied to the input
        values = tensor.detach().float()
        if plain in deltas:
            values = values + deltas[plain].float().to(values.device)
        array: npt.NDArray[np.float32] = values.cpu().numpy()
        if _PERMUTED[kind] and (".attn_q." in new or ".attn_k." in new):
            heads = config.num_attention_heads if ".attn_q." in new else config.num_key_value_heads
            array = _permuted(array, heads)
        found[new] = array
    missing = [name for name in wanted if name not in found and not name.startswith("rope_freqs")]
    wrong = [name for name, array in found.items() if array.shape != wanted[name]]
    if missing or wrong:
        raise UserError(f"The GGUF for the metadata is of another model ({(missing + wrong)[0]}): give its own.")
    return {name: found[name] for name in wanted if name in found}


def _permuted(array: npt.NDArray[np.float32], heads: int) -> npt.NDArray[np.float32]:
    """Rows of a query or key projection in llama.cpp's order: pairs (i, i + d/2) of each head become neighbours."""
    halves = array.reshape(heads, 2, array.shape[0] // heads // 2, *array.shape[1:])
    return np.ascontiguousarray(halves.swapaxes(1, 2).reshape(array.shape))


def _write(
    draft: Path, about: GGUFReader, kind: str, tensors: Mapping[str, npt.NDArray[np.float32]], encoding: Encoding
) -> None:
    writer = GGUFWriter(str(draft), kind)
    for name, field in about.fields.items():
        if name.startswith(_OWN):
            continue
        types = field.types
        inner = types[-1] if types[0] == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(name, field.contents(), types[0], sub_type=inner)
    writer.add_file_type(_FILE_TYPES[encoding])
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    for tensor in about.tensors:
        if tensor.name not in tensors:  # a table that is no weight of the model's
            writer.add_tensor(tensor.name, np.array(tensor.data), raw_dtype=tensor.tensor_type)
            continue
        values = tensors[tensor.name]
        form = _TYPES[encoding] if values.ndim > 1 else GGMLQuantizationType.F32
        writer.add_tensor(tensor.name, gguf.quants.quantize(values, form), raw_dtype=form)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _content(about: GGUFReader, name: str) -> Any:
    field = about.fields.get(name)
    return None if field is None else field.contents()
