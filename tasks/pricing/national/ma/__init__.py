"""Morocco: the national reference tariff and the nomenclature, shared by its schemes."""
