"""The rules of the AMO of non-salaried workers that no other scheme has."""
