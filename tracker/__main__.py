"""The command `tracker`, which is `python -m tracker` too."""

import signal


def main() -> None:
    """Load the program and run it. Nothing is at stake while it loads, so that Ctrl-C ends it without a word."""
    told = signal.getsignal(signal.SIGINT)
    if told is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from tracker.cli.main import main as run

    signal.signal(signal.SIGINT, told)
    run()


if __name__ == "__main__":
    main()
