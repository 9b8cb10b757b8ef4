"""The desk as a web page: sign-in, queue, one dossier, the team's figures, where a dossier is."""
