"""Files that are whole or absent, and files from outside that are read within bounds.

Every writer of Roadmark goes through here: what appears under its own name is complete, and whatever the system refuses
(a full disk, a missing right) becomes an `OutputError` that names the file.
"""

from roadmark.files.bounded import has_file, hash_file, open_input, read_bounded, read_json
from roadmark.files.directories import MARKER, AtomicDirectory, check_directory
from roadmark.files.faults import NAME_RULE, input_errors, is_plain_name, output_errors
from roadmark.files.locks import locked_folder
from roadmark.files.relative import relative_path
from roadmark.files.whole import atomic_file, clear_partial_files, write_atomically, write_file

__all__ = [
    "MARKER",
    "NAME_RULE",
    "AtomicDirectory",
    "atomic_file",
    "check_directory",
    "clear_partial_files",
    "has_file",
    "hash_file",
    "input_errors",
    "is_plain_name",
    "locked_folder",
    "open_input",
    "output_errors",
    "read_bounded",
    "read_json",
    "relative_path",
    "write_atomically",
    "write_file",
]
