"""Background work: submit, lease, run."""
