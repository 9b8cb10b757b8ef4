"""Paper dossiers: facsimiles of forms and bills, typed, then degraded like an office scanner."""
