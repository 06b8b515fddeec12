"""Pictures of nets: what is drawn, where it is placed, and the formats that it is written in."""
