"""The whole job on a sample mailbox, served on loopback."""
