"""AMO of salaried employees, run by the CNSS."""
