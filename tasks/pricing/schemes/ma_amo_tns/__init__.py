"""AMO of non-salaried workers, run by the CNSS."""
