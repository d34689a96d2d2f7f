"""The trainer's engine: data, network, loop, checkpoints, metrics. Pure."""
