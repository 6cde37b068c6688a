"""Files kept in memory, whoever sent them."""

import hashlib
import mimetypes
from typing import TYPE_CHECKING

from sandbox.models import Json, StoredFile

if TYPE_CHECKING:
    from sandbox.arguments import Upload
    from sandbox.world import World


def store(world: "World", kind: str, upload: "Upload") -> StoredFile:
    """Keep a file; the same bytes get the same unique id."""
    number = len(world.files) + 1
    unique_id = hashlib.sha256(upload.data).hexdigest()[:16]
    guessed = mimetypes.guess_type(upload.name)[0] or upload.content_type.partition(";")[0]
    suffix = upload.name.rpartition(".")[2] or "bin"
    path = f"{kind}s/file_{number}.{suffix}"
    stored = StoredFile(f"sandbox-{kind}-{number}", unique_id, upload.name, guessed, upload.data, path)
    world.files[stored.file_id] = stored
    return stored


def file_view(stored: StoredFile) -> Json:
    """What every kind of file has."""
    return {"file_id": stored.file_id, "file_unique_id": stored.unique_id, "file_size": len(stored.data)}
