"""When things happen: the flows, and the command line. No arithmetic, no SQL, no rule."""
