"""Archives of mail on this machine behind the contract of sources; nothing in them is ever written."""
