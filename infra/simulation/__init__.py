"""The simulator: a seeded, synthetic population, its registers, dossiers, faults and the truth."""
