"""The programme: a tree of focus areas, sub-areas, goals and measures that inputs hang on."""
