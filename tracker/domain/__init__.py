"""What the program knows about mail and time: pure values and rules, no I/O, no clock."""
