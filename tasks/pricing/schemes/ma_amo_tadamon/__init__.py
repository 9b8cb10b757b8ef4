"""AMO Tadamon, paid by the State and run by the CNSS."""
