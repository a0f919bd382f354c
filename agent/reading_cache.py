"""What a language model once read of a prompt, kept on disk so that it is asked only once.

One small file per prompt and model. A file is written whole or not at all, so a
kill at any instant costs at most one reading. A damaged file is read again.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from agent.filled_form import FilledForm

EDITION = 1
"""Of the question put to the model; a new edition asks again."""


@dataclass(slots=True, kw_only=True)
class ReadingCache:
    """Readings of one model; without a folder they last as long as this object.

    Attributes:
        model: the model's name; the same prompt reads differently by another model.
        folder: where the files lie; None keeps nothing on disk.
    """

    model: str
    folder: Path | None = None
    _known: dict[str, FilledForm] = field(default_factory=dict[str, FilledForm])

    def key(self, prompt: str) -> str:
        """The name under which the reading of a prompt is kept."""
        text = f"{EDITION}\0{self.model}\0{prompt}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def get(self, prompt: str) -> FilledForm | None:
        """The reading kept for a prompt; None when there is none, or its file is damaged."""
        key = self.key(prompt)
        if key not in self._known and self.folder is not None:
            try:
                self._known[key] = FilledForm.model_validate_json(self._path(key).read_bytes())
            except (OSError, ValidationError):
                return None
        return self._known.get(key)

    def put(self, prompt: str, reading: FilledForm) -> None:
        """Keeps a reading. A disk that is full or read-only costs time on the next run, nothing else."""
        key = self.key(prompt)
        self._known[key] = reading
        if self.folder is None:
            return
        path = self._path(key)
        draft: str | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".draft", delete=False) as file:
                draft = file.name
                file.write(reading.model_dump_json())
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
        except OSError:
            if draft is not None:
                Path(draft).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        assert self.folder is not None
        return self.folder / key[:2] / f"{key}.json"
