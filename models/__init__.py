"""The nouns of a reimbursement dossier; nothing here imports anything of ours above it."""
