"""The programme: one tree of focus areas, sub-areas, goals and measures that every input hangs on."""
