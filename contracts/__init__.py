"""What must hold of the data that leaves a stage: one ODCS file a boundary, compiled to checks."""
