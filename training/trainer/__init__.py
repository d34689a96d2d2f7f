"""The trainer as its own process: a job directory in, a model and its report out. Pure."""
