"""AMO of the public sector, run by the CNOPS with the mutual societies."""
