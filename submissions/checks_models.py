"""Whether a bundle holds and names one language model and nothing else that was trained.

Everything that looks like weights, wherever it lies and whatever it is called, must be a part of the model that the
manifest names. Nothing is loaded.
"""

import json
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution

from submissions.checks_headers import Header
from submissions.checks_tree import Tree
from submissions.manifest import InBundle, InPackage, Manifest

Headers = Mapping[str, Header]
"""Files of weights in a bundle, by path."""

WEIGHT_NAMES = re.compile(r"\.(?:gguf|ggml|safetensors|onnx|pt|pth|ckpt|bin|tflite|h5|pb)\Z", re.IGNORECASE)
_ENCODERS = frozenset({
    "bert", "eurobert", "gemma-embedding", "jina-bert-v2", "jina-bert-v3", "modern-bert", "neo-bert", "nomic-bert",
    "nomic-bert-moe", "t5encoder",
})  # fmt: skip
"""Architectures of GGUF files that turn texts into vectors."""
_ENCODER_TENSORS = ("word_embeddings.weight", "pooler.dense.weight")
_ENCODER_FILES = ("modules.json", "sentence_bert_config.json", "config_sentence_transformers.json")
_SPLIT = re.compile(r"-\d{5}-of-\d{5}\.gguf\Z")
_SPEAKING = ("ForCausalLM", "ForConditionalGeneration", "LMHeadModel")
_LARGE = 1 << 20
_EMBEDDERS = ("model", "none")


def one_model(manifest: Manifest, tree: Tree, headers: Headers) -> list[str]:
    """What speaks against there being one language model; a sentence each."""
    parts = _parts(manifest, tree, headers)
    findings = [f"{path} holds {_what(header)}" for path, header in headers.items() if path not in parts]
    findings += [f"{path} belongs to {_what(headers[path])}" for path in parts if _is_encoder(headers[path])]
    if isinstance(manifest.model.source, InBundle) and not any(not headers[path].adapter for path in parts):
        findings.append(f"{manifest.model.source.path} holds no language model")
    findings += _tensors_twice(manifest, parts, headers)
    findings += [f"{path} describes a sentence encoder" for path in tree.files if path.endswith(_ENCODER_FILES)]
    findings += _configurations(tree)
    return [*findings, *_registry(manifest, tree), *_agent(manifest, tree)]


def weights_in(distribution: Distribution) -> list[str]:
    """Paths of the files of an installed package that look like weights, relative to site-packages."""
    found = [str(file) for file in distribution.files or () if WEIGHT_NAMES.search(file.name)]
    return [path for path in found if _size(distribution, path) > _LARGE]


def allowed_in_package(manifest: Manifest, name: str) -> frozenset[str]:
    """The files of weights that a package may hold, because they are those of the model."""
    source = manifest.model.source
    same = isinstance(source, InPackage) and source.name.lower().replace("_", "-") == name
    return frozenset(file.path for file in source.files) if same and isinstance(source, InPackage) else frozenset()


def _parts(manifest: Manifest, tree: Tree, headers: Headers) -> list[str]:
    """The files of weights that make up the model the manifest names."""
    found: list[str] = []
    source, adapter = manifest.model.source, manifest.model.adapter
    if isinstance(source, InBundle) and source.path in headers:
        stem = _SPLIT.sub("", source.path)
        same = {path for path in headers if _SPLIT.search(path) and _SPLIT.sub("", path) == stem}
        found += sorted(same | {source.path})
    elif isinstance(source, InBundle):
        found += _sharded(source.path, tree, headers)
    if adapter is not None:
        wanted = {adapter.path, adapter.trained, f"{adapter.path}/adapter_model.safetensors"}
        found += [path for path in sorted(wanted) if path in headers and headers[path].adapter]
    return found


def _sharded(folder: str, tree: Tree, headers: Headers) -> list[str]:
    """The files of a folder of transformers weights: those of its index, or its one file."""
    index = _json(tree, f"{folder}/model.safetensors.index.json")
    names = index.get("weight_map", {}) if isinstance(index, dict) else {}
    shards = set(names.values()) if isinstance(names, dict) else set()
    wanted = {f"{folder}/{name}" for name in shards} or {f"{folder}/model.safetensors"}
    return [path for path in sorted(wanted) if path in headers]


def _tensors_twice(manifest: Manifest, parts: list[str], headers: Headers) -> Iterator[str]:
    """Tensors of one name in two files of one format: two models laid side by side."""
    owners: dict[tuple[str, bool, str], str] = {}
    for path in parts:
        for tensor in headers[path].tensors:
            key = (headers[path].kind, headers[path].adapter, tensor)
            other = owners.setdefault(key, path)
            if other != path:
                yield f"{other} and {path} both hold the tensor '{tensor}', so they are two models"
                break


def _configurations(tree: Tree) -> Iterator[str]:
    """Descriptions of models that are no language model, or that bring code of their own."""
    for path in tree.files:
        if not path.endswith("config.json"):
            continue
        content = _json(tree, path)
        if not isinstance(content, dict):
            continue
        if "auto_map" in content:
            yield f"{path} names code of its own (auto_map), which transformers would run"
        kinds = content.get("architectures")
        if isinstance(kinds, list) and kinds and not any(str(kind).endswith(_SPEAKING) for kind in kinds):
            yield f"{path} describes {', '.join(map(str, kinds))}, which is no language model"


def _registry(manifest: Manifest, tree: Tree) -> Iterator[str]:
    path, harness = manifest.harness.registry, manifest.harness
    entries = _json(tree, path)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        yield f"{path} is no list of entries"
        return
    for entry in entries:
        name, backend = entry.get("model_name"), entry.get("backend")
        if (name, backend) != (harness.model_name, harness.backend):
            yield f"{path} names another model: '{name}' with the backend '{backend}'"
    if len(entries) != 1:
        yield f"{path} has {len(entries)} entries instead of one"
    yield from _addresses(path, entries)


def _agent(manifest: Manifest, tree: Tree) -> Iterator[str]:
    path = manifest.harness.config
    config = _json(tree, path)
    if not isinstance(config, dict):
        yield f"{path} is no configuration"
        return
    embedder = config.get("embedder", "sentences")
    if embedder not in _EMBEDDERS:
        yield f"{path} asks for the embedder '{embedder}', a second model; the strict profile has 'model' or 'none'"
    yield from _addresses(path, config)


def _addresses(path: str, value: object) -> Iterator[str]:
    """Addresses of servers, behind which another model could speak."""
    if isinstance(value, str):
        if value.lower().startswith(("http://", "https://", "ws://", "wss://")):
            yield f"{path} names the server {value}"
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _addresses(path, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _addresses(path, inner)


def _what(header: Header) -> str:
    if _is_encoder(header):
        return "a sentence encoder"
    return "a second adapter" if header.adapter else "a second language model"


def _is_encoder(header: Header) -> bool:
    by_tensors = any(name.endswith(_ENCODER_TENSORS) for name in header.tensors)
    return header.architecture in _ENCODERS or (header.kind == "safetensors" and by_tensors)


def _json(tree: Tree, path: str) -> object:
    if path not in tree.files:
        return None
    try:
        return json.loads(tree.read(path))
    except (ValueError, RecursionError):
        return None


def _size(distribution: Distribution, path: str) -> int:
    try:
        return (distribution.locate_file(path)).stat().st_size  # pyright: ignore[reportAttributeAccessIssue]
    except OSError:
        return 0
