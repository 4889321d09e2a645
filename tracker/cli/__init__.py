"""Options in, text out, errors to exit codes; no rules here."""
