"""Preparing tables for a model: a recipe of operators, fitted on the training rows, that is also an ONNX graph. Pure.

A frame is a mapping of names to columns of N cells: numbers, yes/no and dates (seconds since 1970) as float64 with
NaN for missing, words as objects with "" for missing. `Recipe.fit` learns from the training rows alone;
`Fitted.features` and the graph of `graph_of` compute in float64 and give the same float32 features.
"""
