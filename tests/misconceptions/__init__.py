"""One file for each kata: wrong answers that people give, which its tests must refuse.

Each class is one wrong answer. Its functions and classes take the place of the
reference answer's; what it does not define, it shares with the reference. The
docstring says what was misunderstood and, after a blank line, what to do about
it: what a learner reads whose answer behaves like this one. A class with
``mastery = True`` solves its kata and must fail at mastery; one with ``raises = True``
fails by an exception, and by nothing else.
"""
