"""Tables: typed columns over immutable Parquet parts, asked with DuckDB. Pure.

A part holds, for the column with the number 3, `c3`, the value as its kind has it, and `r3`, what the file said
where that is not what the value is written as ("1.50", "yes", a word in a column of numbers). Nothing is lost by
a kind, so a kind can be corrected. `id` is the number of the row in its data set; it is never given twice.

Importing this package does not load DuckDB; `engine` does, when it is asked for a connection.
"""
