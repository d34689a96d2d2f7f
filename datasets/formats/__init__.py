"""What data sets are read from and written in; `registry` has all of it.

Nothing is imported here: the children that open strangers' files need one package of this folder and start in half the time.
"""
