"""The file of a device that has the shared keys: `swanctl/secrets.conf` in a folder of `python -m appliance`.

One site's key is replaced in it; it is for its owner alone from the moment it is there.
"""

import base64
import os
import re
from pathlib import Path


class KeyFileError(Exception):
    """The file cannot be read or written, or has no such site; the text has its path and no key."""


class KeyFile:
    """The file, and the site whose key is meant. path: the file, or the folder that it is in."""

    def __init__(self, path: Path, site: str) -> None:
        self.path = path / "swanctl" / "secrets.conf" if path.is_dir() else path
        self.site = site
        self._entry = re.compile(rf"(?ms)^(\s*ike-{re.escape(site)}\s*\{{.*?^\s*secret\s*=\s*)(\S+)$")

    def check(self) -> None:
        """Raises `KeyFileError` where the key could not be put into it."""
        if not self._entry.search(self._text()):
            raise KeyFileError(f"{self.path}: has no secret of site {self.site}; make it with `python -m appliance`")
        if not os.access(self.path.parent, os.W_OK):
            raise KeyFileError(f"{self.path.parent}: cannot be written")

    def write(self, key: str) -> None:
        """Let the site have this key. Raises `KeyFileError`."""
        coded = "0s" + base64.b64encode(key.encode()).decode()
        text = self._text()
        if not self._entry.search(text):
            raise KeyFileError(f"{self.path}: has no secret of site {self.site}")
        changed = self._entry.sub(lambda found: found[1] + coded, text, count=1)
        new = self.path.with_name(f".{self.path.name}.new")
        try:
            new.unlink(missing_ok=True)
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(changed)
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, self.path)
        except OSError as error:
            raise KeyFileError(f"{self.path}: cannot be written ({error.strerror})") from None

    def _text(self) -> str:
        try:
            return self.path.read_text()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "is no text"
            raise KeyFileError(f"{self.path}: cannot be read ({why})") from None
