"""The repository's program, with the settings beside this file."""

import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")
