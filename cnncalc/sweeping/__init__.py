"""Many variants of a net: which points there are, what each comes to, and which of them are wanted."""
