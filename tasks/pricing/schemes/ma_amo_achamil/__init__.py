"""AMO Achamil (law 60.22), run by the CNSS."""
