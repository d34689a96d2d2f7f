"""The weekly report of a campaign as a table and as pages. Pure: knows figures and words, no tables and no HTTP."""
