"""The deeds: what the program does, each a function of a configuration and a store."""
