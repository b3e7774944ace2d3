"""One process at a time works in a folder."""

import subprocess
import sys

import pytest

from roadmark.errors import OutputError
from roadmark.files import locked_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such locks there")
HOLD = """
import sys
from pathlib import Path
from roadmark.files import locked_folder
with locked_folder(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_another_process_is_kept_out_until_the_first_has_gone(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"locked\n"
        with pytest.raises(OutputError, match="another process is writing there now"), locked_folder(tmp_path):
            pass
        holder.kill()
    with locked_folder(tmp_path):
        pass
    with locked_folder(tmp_path):
        assert not list(tmp_path.iterdir())


def test_a_folder_must_be_there(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "nowhere", tmp_path / "file"):
        with pytest.raises(OutputError, match=path.name), locked_folder(path):
            pass
