"""An upload that is hashed while it comes in, and kept nowhere."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class HashedUpload(UploadedFile):
    """What is left of an upload: its name, its size in bytes and its SHA-256."""

    def __init__(self, *, name: str, size: int, sha256: str) -> None:
        super().__init__(file=BytesIO(), name=name, size=size)
        self.sha256 = sha256


class HashingUploadHandler(FileUploadHandler):
    """Hashes each chunk and lets it go. Above `most` bytes it stops, and `too_big` says so."""

    def __init__(self, request: Any, *, most: int) -> None:
        super().__init__(request)
        self.most = most
        self.too_big = False
        self._digest = hashlib.sha256()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin anew: a form may hold several files."""
        super().new_file(*args, **kwargs)
        self._digest = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Add a chunk; None hands nothing on to anybody."""
        if start + len(raw_data) > self.most:
            self.too_big = True
            raise StopUpload(connection_reset=False)
        self._digest.update(raw_data)

    def file_complete(self, file_size: int) -> HashedUpload:
        """The upload without its bytes."""
        return HashedUpload(
            name=self.file_name or "", size=file_size, sha256=self._digest.hexdigest()
        )
