"""The machines: settings, database, object store, logging, process pools; one door each."""
