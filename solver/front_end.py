"""What conda-lock calls as conda. Only a solve loads py-rattler, which takes longer than many a solve."""

from __future__ import annotations

import sys


def main() -> None:
    if sys.argv[1:] == ["--version"]:  # conda-lock asks before each lock, for its own log
        print("rattler-conda")
    else:
        import rattler_conda

        rattler_conda.main()
