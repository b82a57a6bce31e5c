"""Wrong answers of the galleries, written in another way: the same misunderstanding.

Each class bears the name of the one that it behaves like. The diagnosis must find that
one, and no other.
"""
