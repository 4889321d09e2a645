"""Who of your network answers your mail, who is slow, who is silent: measured from your own mailbox, read-only."""

__version__ = "0.1.0"
