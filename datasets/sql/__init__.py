"""Asking other people's databases one question each, inside limits. Pure.

`question` says what may be asked, `asking` starts the process of `child` and reads its answer; the drivers run in the
child only, where a server that misbehaves, or a file that was made to, meets limits of memory, time and reach.
"""
