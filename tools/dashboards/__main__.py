"""`python -m tools.dashboards`: write them."""

from router.monitoring.drawn import text_of
from tools.dashboards.boards import BOARDS, FOLDER


def main() -> None:
    """Write all of them."""
    for board in BOARDS:
        (FOLDER / f"{board.uid}.json").write_text(text_of(board), encoding="utf-8")


if __name__ == "__main__":
    main()
