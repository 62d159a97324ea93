"""A stack's settings: their types, how they are read, judged and named, and the components' arguments from them."""
