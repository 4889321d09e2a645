"""How the program is let in: where passwords come from."""
