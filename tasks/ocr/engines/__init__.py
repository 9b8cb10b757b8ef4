"""Reading engines, one file each, behind the ``Engine`` protocol."""
