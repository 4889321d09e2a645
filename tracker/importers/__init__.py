"""Where connections come from: one file a kind of export."""
