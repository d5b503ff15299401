"""The predict contract: what any served model has to keep, whatever it models; one module for each kind of clause."""
