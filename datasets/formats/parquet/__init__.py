"""Parquet of pictures, recordings and texts: rows with the bytes of the media and typed columns beside them. Pure.

A stranger's file is opened by DuckDB in a limited child (`child`); `asking` starts it, `columns` says which column is
what, and the readers and writers of the format lie where the others do.
"""
