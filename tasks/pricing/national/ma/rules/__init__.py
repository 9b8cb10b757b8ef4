"""Rules of Moroccan law that a scheme may name; each scheme has its own figures for them."""
