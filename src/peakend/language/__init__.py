"""语言: what a text is written in, its words, its meaning as a vector, what must not be shown."""
