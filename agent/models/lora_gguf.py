"""A low-rank adapter as peft writes it, in the form in which llama.cpp lays it over a GGUF.

Works with numpy alone and gives the same bytes for the same adapter. llama.cpp rotates pairs of neighbouring
dimensions where transformers rotates halves, so in architectures of the Llama kind the rows of the second factor of
query and key projections change places (see also `trainer.export_gguf`).
"""

import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt

from agent.errors import UserError
from agent.models.safetensors_file import SafetensorsFile

ADAPTER_CONFIG = "adapter_config.json"
ADAPTER_WEIGHTS = "adapter_model.safetensors"

_NAME = re.compile(r"(?:base_model\.model\.)?(.+)\.lora_([AB])(?:\.\w+)?\.weight\Z")
_PERMUTED = {"llama": True, "qwen2": False, "qwen3": False}
_UNUSUAL = ("use_dora", "rank_pattern", "alpha_pattern", "modules_to_save", "fan_in_fan_out", "trainable_token_indices")
_KINDS = {
    "F32": gguf.GGMLQuantizationType.F32,
    "F16": gguf.GGMLQuantizationType.F16,
    "BF16": gguf.GGMLQuantizationType.BF16,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """An adapter's settings.

    Attributes:
        rank: its rank.
        alpha: its scale times its rank.
        base: the weights that it is for, as its configuration names them.
    """

    rank: int
    alpha: float
    base: str


def read_adapter(folder: Path) -> Adapter:
    """The settings of an adapter in peft's form.

    Raises:
        UserError: the folder holds none, or one of a kind that llama.cpp cannot lay over weights.
    """
    file = folder / ADAPTER_CONFIG
    try:
        about: Any = json.loads(file.read_text(encoding="utf-8"))
        rank, alpha = int(about["r"]), float(about["lora_alpha"])
        base = str(about.get("base_model_name_or_path") or "")
    except OSError as error:
        raise UserError(f"{file} cannot be read ({error.strerror}): name the folder of a LoRA adapter.") from error
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UserError(f"{file} is damaged or of no LoRA adapter: export the adapter again.") from None
    if rank < 1:
        raise UserError(f"{file} names the rank {rank}: export the adapter again.")
    unusual = [name for name in _UNUSUAL if about.get(name)]
    if about.get("bias", "none") != "none":
        unusual.append("bias")
    if unusual:
        raise UserError(f"The adapter in {folder} uses {unusual[0]}, which llama.cpp does not know: merge it instead.")
    return Adapter(rank=rank, alpha=alpha * math.sqrt(rank) if about.get("use_rslora") else alpha, base=base)


def write_lora_gguf(folder: Path, base: Path, target: Path) -> Adapter:
    """Writes an adapter for a GGUF; the numbers keep their format.

    Args:
        folder: holds adapter_config.json and adapter_model.safetensors.
        base: a GGUF of the weights that the adapter is for.
        target: the file to write, all or nothing.

    Raises:
        UserError: the adapter is damaged, of an unknown kind or for other weights, or the target cannot be written.
    """
    adapter = read_adapter(folder)
    about = _read_base(base)
    kind = str(_content(about, "general.architecture"))
    if kind not in _PERMUTED:
        raise UserError(f"An adapter for the architecture {kind} cannot be written as a GGUF: merge it instead.")
    weights = SafetensorsFile(folder / ADAPTER_WEIGHTS)
    tensors = _renamed(weights, about, kind, adapter.rank)
    formats = set(weights.formats().values())
    form = _KINDS[formats.pop()] if len(formats) == 1 and formats <= _KINDS.keys() else gguf.GGMLQuantizationType.F32
    draft = target.with_name(target.name + ".partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(draft, kind, adapter.alpha, tensors, form)
        os.replace(draft, target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise UserError(f"{target} cannot be written ({error.strerror}): choose another place.") from error
    return adapter


def _renamed(
    weights: SafetensorsFile, about: gguf.GGUFReader, kind: str, rank: int
) -> dict[str, npt.NDArray[np.float32]]:
    """The adapter's factors under llama.cpp's names, checked against the base weights."""
    layers = int(_content(about, f"{kind}.block_count") or 0)
    architecture = next(arch for arch, name in gguf.MODEL_ARCH_NAMES.items() if name == kind)
    names = gguf.get_tensor_name_map(architecture, layers)
    shapes = {tensor.name: tuple(int(n) for n in tensor.shape) for tensor in about.tensors}  # (inputs, outputs)
    found: dict[str, npt.NDArray[np.float32]] = {}
    for name, values in weights.tensors():
        match = _NAME.match(name)
        plain = None if match is None else names.get_name(match.group(1))
        target = f"{plain}.weight"
        if match is None or plain is None or target not in shapes:
            raise UserError(f"The adapter adapts {name}, which the base weights do not have: name its own base.")
        inputs, outputs = shapes[target]
        first = match.group(2) == "A"
        if values.shape != ((rank, inputs) if first else (outputs, rank)):
            raise UserError(
                f"The adapter's {name} has the shape {values.shape}, which does not fit: name its own base."
            )
        if not first and _PERMUTED[kind] and target.split(".")[-2] in ("attn_q", "attn_k"):
            part = "head_count" if ".attn_q." in target else "head_count_kv"
            values = _permuted(values, int(_content(about, f"{kind}.attention.{part}")))
        found[f"{target}.lora_{'a' if first else 'b'}"] = values
    missing = [name for name in found if _partner(name) not in found]
    if missing or not found:
        raise UserError(f"The adapter lacks {_partner(missing[0]) if missing else 'all factors'}: export it again.")
    return found


def _partner(name: str) -> str:
    return name[:-1] + ("b" if name.endswith("a") else "a")


def _permuted(array: npt.NDArray[np.float32], heads: int) -> npt.NDArray[np.float32]:
    """Rows in llama.cpp's order: pairs (i, i + d/2) of each head become neighbours."""
    halves = array.reshape(heads, 2, array.shape[0] // heads // 2, *array.shape[1:])
    return np.ascontiguousarray(halves.swapaxes(1, 2).reshape(array.shape))


def _write(
    draft: Path,
    kind: str,
    alpha: float,
    tensors: Mapping[str, npt.NDArray[np.float32]],
    form: gguf.GGMLQuantizationType,
) -> None:
    writer = gguf.GGUFWriter(str(draft), kind)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    for name in sorted(tensors):
        writer.add_tensor(name, gguf.quants.quantize(tensors[name], form), raw_dtype=form)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _read_base(base: Path) -> gguf.GGUFReader:
    try:
        return gguf.GGUFReader(str(base))
    except (OSError, ValueError) as error:
        raise UserError(f"{base} cannot be read as a GGUF ({error}): give the adapter's base weights.") from error


def _content(about: gguf.GGUFReader, name: str) -> Any:
    field = about.fields.get(name)
    return None if field is None else field.contents()
