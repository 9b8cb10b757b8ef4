"""The rules of the AMO of salaried employees, one legal rule each."""
