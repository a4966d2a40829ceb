"""Word documents and workbooks that people bring, whole or not."""

from __future__ import annotations

import zipfile
import zlib
from typing import Final

BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    SyntaxError,
    RuntimeError,
)
"""What a damaged, encrypted or invented one makes its readers raise."""
